package dev.throttle.backend.remote;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to ask a server, which takes note of what comes of it. What was asked
 * before the server's breaker last changed tells nothing new.
 *
 * @since 1.0.0
 */
public final class Attempt {

	private final Breaker breaker;

	private final long epoch;

	private final boolean scheduled;

	/**
	 * Create an attempt.
	 * @param scheduled whether the schedule asks, and not a request
	 */
	Attempt(Breaker breaker, long epoch, boolean scheduled) {
		this.breaker = breaker;
		this.epoch = epoch;
		this.scheduled = scheduled;
	}

	/**
	 * Return which server of the store may be asked.
	 * @return the server, an empty text where there is one or it is not known yet
	 */
	public String server() {
		return this.breaker.server();
	}

	/**
	 * Return whether this asks whether a server that is away is back.
	 */
	boolean isProbe() {
		return Breaker.isOpen(this.epoch);
	}

	/**
	 * Take note of an answer in time.
	 */
	public void answered() {
		this.breaker.succeeded(this.epoch, this.scheduled);
		this.breaker.storeReachable(this.scheduled);
	}

	/**
	 * Take note of a failure. It is logged once in an outage, and once for each piece of
	 * advice.
	 * @param reason why nothing was decided
	 * @param advice what the failure means and what to do about it, null where that is
	 * not known
	 * @param late whether the server may still decide, because the call took too long or
	 * lost one of several connections
	 * @return whether the server is away, as far as this failure shows
	 */
	public boolean failed(String reason, @Nullable String advice, boolean late) {
		return this.breaker.failed(this.epoch, reason, advice, late);
	}

}
