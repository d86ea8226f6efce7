/**
 * Books, accessible with an API key.
 */
@NullMarked
package dev.throttle.sample.book;

import org.jspecify.annotations.NullMarked;
