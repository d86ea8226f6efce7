package dev.throttle.backend.remote;

import java.time.Duration;

/**
 * How long a request waits for its answer. In the first seconds of an instance the
 * timeout is longer if the connection was open before the first request. The instance's
 * own code is then what is slow, because it has not run before.
 */
final class RequestTimeout {

	/** The time after its first request in which an instance is fresh. */
	static final Duration FRESH = Duration.ofSeconds(10);

	/** The shortest timeout of a fresh instance. */
	static final Duration WHILE_FRESH = Duration.ofSeconds(1);

	private final Duration timeout;

	private volatile boolean fresh;

	private volatile boolean asked;

	private long firstAsked;

	RequestTimeout(Duration timeout) {
		this.timeout = timeout;
	}

	/**
	 * Record that the connection is open before the first request.
	 */
	void begin() {
		this.fresh = this.timeout.compareTo(WHILE_FRESH) < 0;
	}

	/**
	 * Return the timeout of a request that comes now.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 */
	Duration at(long now) {
		return (this.fresh && isFresh(now)) ? WHILE_FRESH : this.timeout;
	}

	/**
	 * Return the deadline of a request that comes now. The first request starts the time
	 * for which the instance is fresh.
	 * @param now the time on the clock of {@link System#nanoTime()}
	 */
	long deadline(long now) {
		if (this.fresh) {
			noteRequest(now);
		}
		return now + at(now).toNanos();
	}

	private synchronized void noteRequest(long now) {
		if (!this.asked) {
			this.firstAsked = now;
			this.asked = true;
		}
		this.fresh = isFresh(now);
	}

	private boolean isFresh(long now) {
		return !this.asked || now - this.firstAsked < FRESH.toNanos();
	}

}
