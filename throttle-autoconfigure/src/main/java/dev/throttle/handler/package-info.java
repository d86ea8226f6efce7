/**
 * What handlers and other methods declare, and the throttles that apply to handlers
 * because of it.
 */
@NullMarked
package dev.throttle.handler;

import org.jspecify.annotations.NullMarked;
