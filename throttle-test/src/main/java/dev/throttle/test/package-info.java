/**
 * Support for tests of applications and backends: a mock request, a manual clock, and the
 * contract tests of backends.
 */
@NullMarked
package dev.throttle.test;

import org.jspecify.annotations.NullMarked;
