/**
 * The key that each developer has, and the limit that counts by its owner.
 */
@NullMarked
package dev.throttle.sample.apikey;

import org.jspecify.annotations.NullMarked;
