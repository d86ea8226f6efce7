/**
 * A request that is not limited.
 */
@NullMarked
package dev.throttle.sample.ping;

import org.jspecify.annotations.NullMarked;
