/**
 * Reports, of which a user may have a few at once.
 */
@NullMarked
package dev.throttle.sample.report;

import org.jspecify.annotations.NullMarked;
