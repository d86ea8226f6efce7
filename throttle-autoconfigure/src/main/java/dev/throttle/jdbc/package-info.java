/**
 * Connections to the application's database that the backend does not share with it.
 */
@NullMarked
package dev.throttle.jdbc;

import org.jspecify.annotations.NullMarked;
