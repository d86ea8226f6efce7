/**
 * The way from a decision to what an operator sees.
 */
@NullMarked
package dev.throttle.sample.monitoring;

import org.jspecify.annotations.NullMarked;
