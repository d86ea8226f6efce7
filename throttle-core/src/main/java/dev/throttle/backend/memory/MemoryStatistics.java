package dev.throttle.backend.memory;

/**
 * What a {@link MemoryCacheBackend} holds, and what happened for lack of room.
 *
 * @param clients the clients with a history
 * @param entries the allocated entries of their histories
 * @param evictions how many clients with live entries have been evicted for others
 * @param overflows how many times a client had no room and was counted in the shared
 * history
 * @param merges how many entries had no room and were merged into the newest one of their
 * history
 * @since 1.0.0
 */
public record MemoryStatistics(int clients, long entries, long evictions, long overflows, long merges) {
}
