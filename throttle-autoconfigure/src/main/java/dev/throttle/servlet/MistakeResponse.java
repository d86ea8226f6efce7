package dev.throttle.servlet;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.InvalidVerdictException;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a request with status 500 if a mistake in the application prevents a decision,
 * such as a handler that was registered at run time with a scope that has no rate. Each
 * mistake is logged once.
 */
final class MistakeResponse {

	private static final Logger logger = LoggerFactory.getLogger(MistakeResponse.class);

	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Answer with status 500, rendered like the application's other errors.
	 */
	void write(RuntimeException mistake, HttpServletResponse response) {
		if (this.logged.add(subject(mistake))) {
			logger.error(
					"Cannot decide requests because of a mistake in the application, so they are answered with status 500 (logged once): {}",
					mistake.getMessage());
		}
		try {
			response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
		}
		catch (IOException ex) {
			logger.debug("Could not write the answer to a request that could not be decided", ex);
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
