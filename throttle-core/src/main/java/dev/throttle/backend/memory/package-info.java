/**
 * Keeps histories in this process, with bounded memory, and exactly while there is room.
 */
@NullMarked
package dev.throttle.backend.memory;

import org.jspecify.annotations.NullMarked;
