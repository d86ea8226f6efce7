package dev.throttle.backend.remote;

import java.time.Duration;

/**
 * How long a request waits for its answer: the timeout, and longer in the first seconds
 * of an instance whose connection was open before its first request. There it is the
 * instance's own code that is slow, as it has not run before.
 */
final class RequestTimeout {

	/** For how long after its first request an instance is fresh. */
	static final Duration FRESH = Duration.ofSeconds(10);

	/** How long a request of a fresh instance waits at least. */
	static final Duration WHILE_FRESH = Duration.ofSeconds(1);

	private final Duration timeout;

	private volatile boolean fresh;

	private boolean asked;

	private long firstAsked;

	RequestTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Take note that the connection is open before the first request.
	 */
	void begin() {
		this.fresh = this.timeout.compareTo(WHILE_FRESH) < 0;
	}

	/**
	 * Return how long a request that comes now waits.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 */
	Duration at(long now) {
		return (this.fresh && isFresh(now)) ? WHILE_FRESH : this.timeout;
	}

	/**
	 * Return when a request that comes now must have been answered.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 */
	long deadline(long now) {
		return now + at(now).toNanos();
	}

	private synchronized boolean isFresh(long now) {
		if (!this.asked) {
			this.asked = true;
			this.firstAsked = now;
		}
		this.fresh = now - this.firstAsked < FRESH.toNanos();
		return this.fresh;
	}

}
