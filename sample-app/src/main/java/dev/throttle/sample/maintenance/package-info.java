/**
 * The maintenance window, a throttle without a rate.
 */
@NullMarked
package dev.throttle.sample.maintenance;

import org.jspecify.annotations.NullMarked;
