package dev.throttle.backend.memory;

/**
 * What a {@link MemoryCacheBackend} holds, and what it had no room for.
 *
 * @param clients the clients with a history
 * @param entries the entries that there is room for in their histories
 * @param evictions how many clients with live entries have been forgotten for others
 * @param overflows how many times a client found no room and was counted in the history
 * that all such clients share
 * @param merges how many entries found no room and were merged into the newest of their
 * history
 * @since 1.0.0
 */
public record MemoryStatistics(int clients, long entries, long evictions, long overflows, long merges) {
}
