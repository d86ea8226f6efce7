/**
 * Limits in tests that load a context of Spring.
 */
@NullMarked
package dev.throttle.test.context;

import org.jspecify.annotations.NullMarked;
