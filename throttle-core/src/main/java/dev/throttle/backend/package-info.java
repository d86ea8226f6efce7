/**
 * The contract of the backends that keep histories, and what they answer.
 */
@NullMarked
package dev.throttle.backend;

import org.jspecify.annotations.NullMarked;
