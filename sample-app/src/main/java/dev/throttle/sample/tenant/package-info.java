/**
 * A limit by tenant.
 */
@NullMarked
package dev.throttle.sample.tenant;

import org.jspecify.annotations.NullMarked;
