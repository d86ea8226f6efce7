/**
 * Decides a request with its throttles and their backends.
 */
@NullMarked
package dev.throttle.engine;

import org.jspecify.annotations.NullMarked;
