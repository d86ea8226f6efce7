/**
 * Connections to the Redis that an application has configured for Spring Data.
 */
@NullMarked
package dev.throttle.redis;

import org.jspecify.annotations.NullMarked;
