/**
 * The maintenance window, a throttle that is not a rate.
 */
@NullMarked
package dev.throttle.sample.maintenance;

import org.jspecify.annotations.NullMarked;
