package dev.throttle.benchmarks.memory;

import dev.throttle.Rate;

/**
 * The least that counts exactly: the instants in a ring that is made once, and no more
 * told than yes or no.
 */
final class PlainRing {

	private final long[] instants;

	private final long periodNanos;

	private int next;

	PlainRing(Rate rate) {
		this.instants = new long[(int) rate.limit()];
		this.periodNanos = rate.period().toNanos();
	}

	synchronized boolean allow() {
		long now = System.nanoTime();
		long oldest = this.instants[this.next];
		if (oldest != 0 && now - oldest < this.periodNanos) {
			return false;
		}
		this.instants[this.next] = now;
		this.next = (this.next + 1 < this.instants.length) ? this.next + 1 : 0;
		return true;
	}

}
