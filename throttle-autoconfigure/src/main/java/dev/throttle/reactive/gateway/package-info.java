/**
 * The routes of Spring Cloud Gateway on WebFlux.
 */
@NullMarked
package dev.throttle.reactive.gateway;

import org.jspecify.annotations.NullMarked;
