/**
 * What all stores outside the process share: timeouts, circuit breakers, known denials,
 * and answers while the store is unavailable.
 */
@NullMarked
package dev.throttle.backend.remote;

import org.jspecify.annotations.NullMarked;
