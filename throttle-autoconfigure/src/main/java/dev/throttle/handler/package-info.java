/**
 * What handlers declare, and the throttles that apply to them because of it.
 */
@NullMarked
package dev.throttle.handler;

import org.jspecify.annotations.NullMarked;
