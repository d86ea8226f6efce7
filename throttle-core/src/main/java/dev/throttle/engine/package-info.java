/**
 * One request against its throttles.
 */
@NullMarked
package dev.throttle.engine;

import org.jspecify.annotations.NullMarked;
