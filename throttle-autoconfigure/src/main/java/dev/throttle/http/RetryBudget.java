package dev.throttle.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The retries that all calls together may still make: each request puts in a share of a
 * retry. Full at first, so that the first calls of an application may be sent again too.
 */
final class RetryBudget {

	static final int MAX_SAVED = 10;

	private static final long RETRY = 1_000_000;

	private static final long MAX = MAX_SAVED * RETRY;

	private final AtomicLong saved = new AtomicLong(MAX);

	private final long perRequest;

	RetryBudget(double sharePerRequest) {
		this.perRequest = Math.round(sharePerRequest * RETRY);
	}

	void requestSent() {
		add(this.perRequest);
	}

	/**
	 * Take a retry.
	 * @return whether one was left
	 */
	boolean take() {
		return this.saved.getAndUpdate((now) -> (now >= RETRY) ? now - RETRY : now) >= RETRY;
	}

	/**
	 * Give back a retry that was not made.
	 */
	void giveBack() {
		add(RETRY);
	}

	private void add(long amount) {
		this.saved.updateAndGet((now) -> Math.min(MAX, now + amount));
	}

}
