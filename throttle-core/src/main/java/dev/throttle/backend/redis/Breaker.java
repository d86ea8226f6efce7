package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a server decides at the moment. After a failure it is asked by one
 * request at a time, and by at most one in each interval, until one is answered.
 */
final class Breaker {

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	static final long REFUSED = -1;

	private static final Duration EARLY_PROBE_INTERVAL = Duration.ofSeconds(3);

	private static final Logger logger = LoggerFactory.getLogger(Breaker.class);

	private final String server;

	private final LongSupplier nanoTime;

	private final Set<Refusal> said = EnumSet.noneOf(Refusal.class);

	/** Odd while it is open. */
	private volatile long epoch;

	private long lastProbe;

	private long lastEarlyProbe;

	/**
	 * Create a breaker.
	 * @param server what the server is called in the log
	 */
	Breaker(String server, LongSupplier nanoTime) {
		this.server = server;
		this.nanoTime = nanoTime;
		this.lastEarlyProbe = nanoTime.getAsLong() - EARLY_PROBE_INTERVAL.toNanos();
	}

	/**
	 * Return when the server may be asked.
	 * @return the epoch, to be given with what came of it; {@link #REFUSED} if the server
	 * may not be asked
	 */
	long ask() {
		long now = this.epoch;
		return (!isOpen(now) || mayProbe()) ? now : REFUSED;
	}

	boolean isOpen() {
		return isOpen(this.epoch);
	}

	private static boolean isOpen(long epoch) {
		return (epoch & 1) != 0;
	}

	private synchronized boolean mayProbe() {
		long now = this.nanoTime.getAsLong();
		if (now - this.lastProbe < PROBE_INTERVAL.toNanos()) {
			return false;
		}
		this.lastProbe = now;
		return true;
	}

	/**
	 * Let the next request ask, as there is a new connection, unless that was so a short
	 * time ago.
	 */
	synchronized void probeNext() {
		long now = this.nanoTime.getAsLong();
		if (now - this.lastEarlyProbe >= EARLY_PROBE_INTERVAL.toNanos()) {
			this.lastEarlyProbe = now;
			this.lastProbe = now - PROBE_INTERVAL.toNanos();
		}
	}

	/**
	 * Take note of an answer.
	 * @param asked the epoch in which the server was asked
	 */
	void succeeded(long asked) {
		if (isOpen(asked)) {
			close(asked);
		}
	}

	private synchronized void close(long asked) {
		if (this.epoch == asked) {
			this.epoch++;
			this.said.clear();
			logger.info("{} decides again", this.server);
		}
	}

	/**
	 * Take note of a failure. It is said once in an outage, and once for each refusal.
	 * What was asked before the last change tells nothing new.
	 * @param asked the epoch in which the server was asked
	 * @param reason why nothing was decided
	 * @return whether it tells anything new
	 */
	synchronized boolean failed(long asked, String reason) {
		if (this.epoch != asked) {
			return false;
		}
		this.lastProbe = this.nanoTime.getAsLong();
		Refusal refusal = Refusal.of(reason);
		boolean first = !isOpen(asked);
		if (first) {
			this.epoch++;
		}
		if ((refusal != null) ? this.said.add(refusal) : first) {
			logger.warn(
					"{} does not decide: {}; until it does, requests are answered as the backend's on-failure setting says",
					this.server, (refusal != null) ? refusal.advice() + " (" + reason + ")" : reason);
		}
		return true;
	}

	/**
	 * Take note that the server cannot be connected to, or that it can again, whatever
	 * was asked when.
	 * @param reason why it cannot, or null
	 */
	void connection(@Nullable String reason) {
		if (reason != null) {
			failed(this.epoch, reason);
		}
		else {
			succeeded(this.epoch);
		}
	}

}
