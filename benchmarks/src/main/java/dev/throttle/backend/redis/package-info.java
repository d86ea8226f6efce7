/**
 * Reaches the script of the Redis backend without the backend.
 */
@NullMarked
package dev.throttle.backend.redis;

import org.jspecify.annotations.NullMarked;
