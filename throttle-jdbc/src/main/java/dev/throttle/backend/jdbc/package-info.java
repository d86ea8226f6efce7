/**
 * Keeps histories in PostgreSQL, shared by any number of instances of an application.
 */
@NullMarked
package dev.throttle.backend.jdbc;

import org.jspecify.annotations.NullMarked;
