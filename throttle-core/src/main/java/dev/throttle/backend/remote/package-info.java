/**
 * What is true of every store outside the process: deadlines, breakers, known denials,
 * and what is answered while the store does not decide.
 */
@NullMarked
package dev.throttle.backend.remote;

import org.jspecify.annotations.NullMarked;
