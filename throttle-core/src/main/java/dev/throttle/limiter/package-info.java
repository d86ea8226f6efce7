/**
 * Limits in your own code, where no request comes in.
 */
@NullMarked
package dev.throttle.limiter;

import org.jspecify.annotations.NullMarked;
