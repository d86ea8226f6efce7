package dev.throttle.backend.memory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, at most once a minute, what a full store does to clients and how to give it room.
 */
final class ShortageWarning {

	private static final Logger logger = LoggerFactory.getLogger(MemoryCacheBackend.class);

	private static final long INTERVAL_NANOS = 60_000_000_000L;

	private final ClientStore store;

	private final EntryBudget budget;

	private final NanoClock clock;

	private MemoryStatistics reported = new MemoryStatistics(0, 0, 0, 0, 0);

	private long nextNanos;

	ShortageWarning(ClientStore store, EntryBudget budget, NanoClock clock) {
		this.store = store;
		this.budget = budget;
		this.clock = clock;
		this.nextNanos = clock.nanos();
	}

	synchronized void check() {
		long now = this.clock.nanos();
		if (now - this.nextNanos < 0) {
			return;
		}
		MemoryStatistics current = this.store.statistics();
		long evictions = current.evictions() - this.reported.evictions();
		long overflows = current.overflows() - this.reported.overflows();
		long merges = current.merges() - this.reported.merges();
		if (evictions > 0 || overflows > 0 || merges > 0) {
			logger.warn(
					"The in-memory backend is full, so rate limits are not exact. "
							+ "Evicted clients: {}, requests counted in a shared history: {}, merged entries: {}. "
							+ "Raise the limit that was reached: throttle.memory.max-clients (now {} of {}) "
							+ "or throttle.memory.max-entries (now {} of {}).",
					evictions, overflows, merges, current.clients(), this.store.max(), current.entries(),
					this.budget.max());
			this.reported = current;
			this.nextNanos = now + INTERVAL_NANOS;
		}
	}

}
