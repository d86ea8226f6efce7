/**
 * Throttling on WebFlux: the filter, the handler adapter, the answer to a denied request
 * and the headers.
 */
@NullMarked
package dev.throttle.reactive;

import org.jspecify.annotations.NullMarked;
