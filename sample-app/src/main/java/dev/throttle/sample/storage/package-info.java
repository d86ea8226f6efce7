/**
 * The files that the sample stores.
 */
@NullMarked
package dev.throttle.sample.storage;

import org.jspecify.annotations.NullMarked;
