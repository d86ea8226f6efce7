/**
 * The actuator endpoint and the health contributor.
 */
@NullMarked
package dev.throttle.actuate;

import org.jspecify.annotations.NullMarked;
