package dev.throttle.web;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.InvalidVerdictException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, once for each mistake, that a mistake in the application prevents decisions, such
 * as a handler that was registered at run time with a scope that has no rate.
 *
 * @since 1.0.0
 */
public final class MistakeLog {

	private static final Logger logger = LoggerFactory.getLogger(MistakeLog.class);

	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Log a mistake, unless it was logged before.
	 * @param mistake the mistake
	 */
	public void log(RuntimeException mistake) {
		if (this.logged.add(subject(mistake))) {
			logger.error(
					"Cannot decide requests because of a mistake in the application, so they are answered with status 500 (logged once): {}",
					mistake.getMessage());
		}
	}

	/**
	 * Return what identifies a mistake. The cost is left out, because a client can send
	 * many.
	 */
	private static String subject(RuntimeException mistake) {
		String throttle = (mistake instanceof InvalidVerdictException verdict) ? verdict.getThrottle() : null;
		return (throttle != null) ? throttle : String.valueOf(mistake.getMessage());
	}

}
