package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether Redis decides at the moment. After a failure it is asked by one request
 * at a time, and by at most one in each interval, until one is answered.
 */
final class Breaker {

	static final Duration PROBE_INTERVAL = Duration.ofSeconds(1);

	private static final Duration CONNECTION_INTERVAL = Duration.ofSeconds(3);

	private static final Logger logger = LoggerFactory.getLogger(Breaker.class);

	private final LongSupplier nanoTime;

	private volatile boolean open;

	private long lastProbe;

	private long lastConnection;

	Breaker(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Return whether this request may ask Redis.
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

	void succeeded() {
		if (this.open) {
			close();
		}
	}

	private synchronized void close() {
		if (this.open) {
			this.open = false;
			logger.info("Redis decides again");
		}
	}

	/**
	 * Take note of a failure.
	 * @return whether it is time to try another connection
	 */
	synchronized boolean failed(String reason) {
		long now = this.nanoTime.getAsLong();
		this.lastProbe = now;
		if (!this.open) {
			this.open = true;
			this.lastConnection = now;
			logger.warn(
					"Redis does not decide ({}); until it does, requests are answered as the backend's on-failure setting says",
					reason);
			return false;
		}
		if (now - this.lastConnection < CONNECTION_INTERVAL.toNanos()) {
			return false;
		}
		this.lastConnection = now;
		return true;
	}

}
