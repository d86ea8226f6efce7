/**
 * An application that uses the starter as its users would.
 */
@NullMarked
package dev.throttle.sample;

import org.jspecify.annotations.NullMarked;
