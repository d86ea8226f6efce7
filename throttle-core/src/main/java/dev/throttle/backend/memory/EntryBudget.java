package dev.throttle.backend.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many entries all histories have room for, and how many they may have.
 */
final class EntryBudget {

	private final AtomicLong allocated = new AtomicLong();

	private final long max;

	EntryBudget(long max) {
		this.max = max;
	}

	boolean mayGrow() {
		return this.allocated.get() < this.max;
	}

	void add(int entries) {
		if (entries != 0) {
			this.allocated.addAndGet(entries);
		}
	}

	long allocated() {
		return this.allocated.get();
	}

}
