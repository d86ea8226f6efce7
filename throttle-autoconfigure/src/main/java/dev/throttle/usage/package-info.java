/**
 * What clients have used of their quotas.
 */
@NullMarked
package dev.throttle.usage;

import org.jspecify.annotations.NullMarked;
