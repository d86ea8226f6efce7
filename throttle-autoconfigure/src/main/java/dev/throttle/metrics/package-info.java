/**
 * Micrometer metrics of decisions, settlements and backends.
 */
@NullMarked
package dev.throttle.metrics;

import org.jspecify.annotations.NullMarked;
