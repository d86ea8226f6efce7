/**
 * The page as it is seen in a real browser.
 */
@NullMarked
package dev.throttle.sample.browser;

import org.jspecify.annotations.NullMarked;
