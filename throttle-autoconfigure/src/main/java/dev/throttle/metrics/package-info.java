/**
 * Micrometer metrics of decisions, settlements, backends and calls that go out.
 */
@NullMarked
package dev.throttle.metrics;

import org.jspecify.annotations.NullMarked;
