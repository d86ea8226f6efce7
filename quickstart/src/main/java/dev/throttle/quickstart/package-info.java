/**
 * The smallest application.
 */
@NullMarked
package dev.throttle.quickstart;

import org.jspecify.annotations.NullMarked;
