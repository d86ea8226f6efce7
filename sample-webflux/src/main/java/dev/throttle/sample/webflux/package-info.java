/**
 * A small reactive application that uses the starter as its users would.
 */
@NullMarked
package dev.throttle.sample.webflux;

import org.jspecify.annotations.NullMarked;
