/**
 * Expectations about denied requests for {@code MockMvc}.
 */
@NullMarked
package dev.throttle.test.servlet;

import org.jspecify.annotations.NullMarked;
