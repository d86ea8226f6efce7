/**
 * Keeps histories in Redis or Valkey, shared by any number of instances of an
 * application.
 */
@NullMarked
package dev.throttle.backend.redis;

import org.jspecify.annotations.NullMarked;
