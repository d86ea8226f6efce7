/**
 * What a decision costs that is taken in Redis.
 */
@NullMarked
package dev.throttle.benchmarks.redis;

import org.jspecify.annotations.NullMarked;
