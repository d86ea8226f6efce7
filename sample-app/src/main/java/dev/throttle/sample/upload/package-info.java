/**
 * Uploads, whose cost is their size.
 */
@NullMarked
package dev.throttle.sample.upload;

import org.jspecify.annotations.NullMarked;
