package dev.throttle.backend.memory;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the entries of all histories, up to a maximum.
 */
final class EntryBudget {

	private final AtomicLong allocated = new AtomicLong();

	private final LongAdder merges = new LongAdder();

	private final long max;

	/** Written only when it changes, as every request reads it. */
	private volatile boolean full;

	EntryBudget(long max) {
		this.max = max;
	}

	boolean mayGrow() {
		return !this.full;
	}

	void add(int entries) {
		if (entries != 0) {
			this.allocated.addAndGet(entries);
			while (this.full != isFull()) {
				this.full = isFull();
			}
		}
	}

	private boolean isFull() {
		return this.allocated.get() >= this.max;
	}

	long allocated() {
		return this.allocated.get();
	}

	long max() {
		return this.max;
	}

	void merged() {
		this.merges.increment();
	}

	/**
	 * Return how many entries were merged for lack of room.
	 */
	long merges() {
		return this.merges.sum();
	}

}
