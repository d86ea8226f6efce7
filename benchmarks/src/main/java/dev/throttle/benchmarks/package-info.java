/**
 * Runs contestants in turns and writes down what they took.
 */
@NullMarked
package dev.throttle.benchmarks;

import org.jspecify.annotations.NullMarked;
