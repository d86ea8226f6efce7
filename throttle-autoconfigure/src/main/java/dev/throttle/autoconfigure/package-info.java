/**
 * Auto-configuration, properties and start-up failures.
 */
@NullMarked
package dev.throttle.autoconfigure;

import org.jspecify.annotations.NullMarked;
