/**
 * Micrometer metrics of decisions and backends.
 */
@NullMarked
package dev.throttle.metrics;

import org.jspecify.annotations.NullMarked;
