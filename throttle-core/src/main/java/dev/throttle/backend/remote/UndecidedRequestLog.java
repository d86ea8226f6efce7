package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, at most once a minute, a request that a store cannot decide while it decides
 * others.
 *
 * @since 1.0.0
 */
public final class UndecidedRequestLog {

	private static final Logger logger = LoggerFactory.getLogger(UndecidedRequestLog.class);

	private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

	private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

	private final String store;

	/**
	 * Create an instance.
	 * @param store the name of the store in the log
	 */
	public UndecidedRequestLog(String store) {
		this.store = store;
	}

	/**
	 * Log a request that was not decided, unless another one was logged a short time ago.
	 * @param cause the likely cause, as a clause
	 * @param reason the error that the store answered
	 */
	public void warn(String cause, String reason) {
		long now = System.nanoTime();
		long last = this.last.get();
		if (now - last >= INTERVAL_NANOS && this.last.compareAndSet(last, now)) {
			logger.warn("{} cannot decide a request, which is answered as configured by 'throttle.on-failure': {} ({})",
					this.store, cause, reason);
		}
	}

}
