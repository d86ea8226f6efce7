/**
 * The contract of the backends that keep histories, and their answers.
 */
@NullMarked
package dev.throttle.backend;

import org.jspecify.annotations.NullMarked;
