/**
 * Random traffic through engine and backend, compared with counting by hand.
 */
@NullMarked
package dev.throttle.exactness;

import org.jspecify.annotations.NullMarked;
