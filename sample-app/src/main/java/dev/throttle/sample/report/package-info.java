/**
 * Reports, with a limit on concurrent requests.
 */
@NullMarked
package dev.throttle.sample.report;

import org.jspecify.annotations.NullMarked;
