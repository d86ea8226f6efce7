/**
 * What a decision costs that is taken in PostgreSQL.
 */
@NullMarked
package dev.throttle.benchmarks.postgresql;

import org.jspecify.annotations.NullMarked;
