/**
 * The files that the sample keeps.
 */
@NullMarked
package dev.throttle.sample.storage;

import org.jspecify.annotations.NullMarked;
