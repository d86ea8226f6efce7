package dev.throttle.backend.jdbc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, at most once a minute, a request that PostgreSQL cannot decide while it decides
 * others.
 */
final class KeyErrors {

	private static final Logger logger = LoggerFactory.getLogger(KeyErrors.class);

	private static final long INTERVAL_NANOS = Duration.ofMinutes(1).toNanos();

	private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL_NANOS);

	void warn(String reason) {
		long now = System.nanoTime();
		long last = this.last.get();
		if (now - last >= INTERVAL_NANOS && this.last.compareAndSet(last, now)) {
			logger.warn(
					"PostgreSQL cannot decide a request, which is answered as configured by 'throttle.on-failure': something else may have changed the backend's tables ({})",
					reason);
		}
	}

}
