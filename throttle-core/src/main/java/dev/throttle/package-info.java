/**
 * The words: rates, throttles, what they are asked and what they answer.
 */
@NullMarked
package dev.throttle;

import org.jspecify.annotations.NullMarked;
