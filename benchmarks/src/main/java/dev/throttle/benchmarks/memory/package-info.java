/**
 * What decisions in memory cost, and what the clients take there.
 */
@NullMarked
package dev.throttle.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
