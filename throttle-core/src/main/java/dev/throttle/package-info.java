/**
 * Rates, throttles, the requests that throttles check and the verdicts that they return.
 */
@NullMarked
package dev.throttle;

import org.jspecify.annotations.NullMarked;
