/**
 * {@code @Throttle} on methods of beans that handle no requests.
 */
@NullMarked
package dev.throttle.method;

import org.jspecify.annotations.NullMarked;
