package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether a server decides at the moment. After a failure it is asked by one
 * request at a time, and by at most one in each interval, until one is answered.
 */
final class Breaker {

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(Breaker.class);

	private final String server;

	private final LongSupplier nanoTime;

	private final Set<Refusal> said = EnumSet.noneOf(Refusal.class);

	private volatile boolean open;

	private long lastProbe;

	/**
	 * Create a breaker.
	 * @param server what the server is called in the log
	 */
	Breaker(String server, LongSupplier nanoTime) {
		this.server = server;
		this.nanoTime = nanoTime;
	}

	/**
	 * Return whether this request may ask the server.
	 */
	boolean mayAsk() {
		return !this.open || mayProbe();
	}

	boolean isOpen() {
		return this.open;
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
	 * Let the next request ask, as there is a new connection.
	 */
	synchronized void probeNext() {
		this.lastProbe = this.nanoTime.getAsLong() - PROBE_INTERVAL.toNanos();
	}

	void succeeded() {
		if (this.open) {
			close();
		}
	}

	private synchronized void close() {
		if (this.open) {
			this.open = false;
			this.said.clear();
			logger.info("{} decides again", this.server);
		}
	}

	/**
	 * Take note of a failure. It is said once in an outage, and once for each refusal.
	 * @param reason why nothing was decided
	 */
	synchronized void failed(String reason) {
		this.lastProbe = this.nanoTime.getAsLong();
		Refusal refusal = Refusal.of(reason);
		boolean first = !this.open;
		this.open = true;
		if ((refusal != null) ? this.said.add(refusal) : first) {
			logger.warn(
					"{} does not decide: {}; until it does, requests are answered as the backend's on-failure setting says",
					this.server, (refusal != null) ? refusal.advice() + " (" + reason + ")" : reason);
		}
	}

}
