/**
 * API keys of developers, and the limit by owner.
 */
@NullMarked
package dev.throttle.sample.apikey;

import org.jspecify.annotations.NullMarked;
