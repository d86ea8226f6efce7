package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a server decides at the moment. It opens on a failure that is sure, such
 * as a refused connection, and where {@link #LATE_CALLS} more of the last calls were late
 * than in time. Then one request at a time asks, and at most one in each interval, until
 * one is answered. After late calls the first asks at once, so that a server that only
 * paused is asked again as soon as it answers.
 */
final class Breaker {

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	static final long REFUSED = -1;

	/**
	 * The late calls that open it, less one for each call that is answered in time.
	 */
	static final int LATE_CALLS = 5;

	private static final int MAX_REASON = 120;

	private static final Duration EARLY_PROBE_INTERVAL = Duration.ofSeconds(3);

	private static final Logger logger = LoggerFactory.getLogger(Breaker.class);

	private final String server;

	private final LongSupplier nanoTime;

	private final Set<Refusal> said = EnumSet.noneOf(Refusal.class);

	/** Odd while it is open. */
	private volatile long epoch;

	/** Those that no call in time has made good, while it is closed. */
	private volatile int lateCalls;

	private long lastProbe;

	private boolean outageSaid;

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
		else if (this.lateCalls > 0) {
			answeredInTime();
		}
	}

	private synchronized void answeredInTime() {
		this.lateCalls = Math.max(0, this.lateCalls - 1);
	}

	private synchronized void close(long asked) {
		if (this.epoch == asked) {
			this.epoch++;
			this.said.clear();
			if (this.outageSaid) {
				this.outageSaid = false;
				logger.info("{} decides again", this.server);
			}
		}
	}

	/**
	 * Take note of a failure. It is said once in an outage, and once for each refusal.
	 * What was asked before the last change tells nothing new.
	 * @param asked the epoch in which the server was asked
	 * @param reason why nothing was decided
	 * @param late whether the server may still decide, as nothing but time has passed
	 * @return whether the server is known to be away by it
	 */
	synchronized boolean failed(long asked, String reason, boolean late) {
		if (this.epoch != asked) {
			return false;
		}
		this.lastProbe = this.nanoTime.getAsLong();
		if (!isOpen(asked)) {
			if (late && ++this.lateCalls < LATE_CALLS) {
				return false;
			}
			this.lateCalls = 0;
			this.epoch++;
			if (late) {
				this.lastProbe -= PROBE_INTERVAL.toNanos();
				return false;
			}
		}
		say(reason);
		return true;
	}

	private void say(String reason) {
		Refusal refusal = Refusal.of(reason);
		boolean first = !this.outageSaid;
		this.outageSaid = true;
		if ((refusal != null) ? this.said.add(refusal) : first) {
			logger.warn("{} does not decide: {}; until it does, requests are answered as throttle.on-failure says",
					this.server, (refusal != null) ? refusal.advice() + " (" + abbreviated(reason) + ")" : reason);
		}
	}

	private static String abbreviated(String reason) {
		return (reason.length() > MAX_REASON) ? reason.substring(0, MAX_REASON) + "..." : reason;
	}

	/**
	 * Take note that the server cannot be connected to, or that it can again, whatever
	 * was asked when.
	 * @param reason why it cannot, or null
	 */
	void connection(@Nullable String reason) {
		if (reason != null) {
			failed(this.epoch, reason, false);
		}
		else if (isOpen()) {
			succeeded(this.epoch);
		}
	}

}
