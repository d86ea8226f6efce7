/**
 * What limits on methods cost.
 */
@NullMarked
package dev.throttle.benchmarks.method;

import org.jspecify.annotations.NullMarked;
