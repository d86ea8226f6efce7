/**
 * Articles, under the default throttles.
 */
@NullMarked
package dev.throttle.sample.article;

import org.jspecify.annotations.NullMarked;
