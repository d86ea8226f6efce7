/**
 * What an operator sees and changes: the actuator endpoint and the health contributor.
 */
@NullMarked
package dev.throttle.actuate;

import org.jspecify.annotations.NullMarked;
