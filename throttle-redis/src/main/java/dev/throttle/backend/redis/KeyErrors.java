package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, at most once a minute, a request that Redis cannot decide while it decides
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
					"Redis cannot decide a request, which is answered as configured by 'throttle.on-failure': {} ({})",
					cause(reason), reason);
		}
	}

	private static String cause(String reason) {
		if (reason.startsWith("TRYAGAIN ")) {
			return "the slot of its keys is moving to another node of the cluster";
		}
		if (reason.startsWith("MOVED ") || reason.startsWith("ASK ")) {
			return "the slot of its keys is on another node of the cluster; to follow slots, set "
					+ "spring.data.redis.cluster.nodes";
		}
		return "something else may have written to a key under the backend's prefix";
	}

}
