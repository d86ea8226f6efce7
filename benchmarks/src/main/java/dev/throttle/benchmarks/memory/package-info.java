/**
 * What a decision costs that is taken in memory.
 */
@NullMarked
package dev.throttle.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
