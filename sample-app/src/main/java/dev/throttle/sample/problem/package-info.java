/**
 * Every error as a problem (RFC 9457).
 */
@NullMarked
package dev.throttle.sample.problem;

import org.jspecify.annotations.NullMarked;
