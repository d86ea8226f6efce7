package dev.throttle.benchmarks.memory;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.throttle.Rate;

/**
 * The algorithm of Django REST framework's {@code SimpleRateThrottle}, written plainly: a
 * list of instants, newest first.
 */
final class DrfLog {

	private final Deque<Long> history = new ArrayDeque<>();

	private final long limit;

	private final long periodNanos;

	DrfLog(Rate rate) {
		this.limit = rate.limit();
		this.periodNanos = rate.period().toNanos();
	}

	synchronized boolean allow() {
		long now = System.nanoTime();
		while (!this.history.isEmpty() && now - this.history.getLast() >= this.periodNanos) {
			this.history.removeLast();
		}
		if (this.history.size() >= this.limit) {
			return false;
		}
		this.history.addFirst(now);
		return true;
	}

}
