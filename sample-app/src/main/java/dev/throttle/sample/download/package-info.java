/**
 * Downloads, under a scope of their own.
 */
@NullMarked
package dev.throttle.sample.download;

import org.jspecify.annotations.NullMarked;
