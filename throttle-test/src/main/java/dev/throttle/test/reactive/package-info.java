/**
 * Expectations about denied requests for {@code WebTestClient}.
 */
@NullMarked
package dev.throttle.test.reactive;

import org.jspecify.annotations.NullMarked;
