/**
 * Histories in this process, bounded in number and exact while there is room.
 */
@NullMarked
package dev.throttle.backend.memory;

import org.jspecify.annotations.NullMarked;
