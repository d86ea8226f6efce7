/**
 * Metrics of decisions and backends, for which Micrometer must be there.
 */
@NullMarked
package dev.throttle.metrics;

import org.jspecify.annotations.NullMarked;
