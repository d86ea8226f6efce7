package dev.throttle.servlet;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.InvalidVerdictException;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a request that a mistake in the application leaves undecided, such as a handler
 * that was registered at run time with a scope that has no rate. The request does not
 * pass, and each mistake is logged once.
 */
final class UndecidedResponse {

	private static final Logger logger = LoggerFactory.getLogger(UndecidedResponse.class);

	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Answer with status 500, in the way of the application's other errors.
	 */
	void write(RuntimeException mistake, HttpServletResponse response) {
		if (this.logged.add(subject(mistake))) {
			logger.error("Requests that cannot be decided are answered with status 500; this is logged once. {}",
					mistake.getMessage());
		}
		try {
			response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
		}
		catch (IOException ex) {
			logger.debug("The answer to an undecided request could not be written", ex);
		}
	}

	/**
	 * Return what tells mistakes apart. A cost does not: a client can make up many.
	 */
	private static String subject(RuntimeException mistake) {
		String throttle = (mistake instanceof InvalidVerdictException verdict) ? verdict.getThrottle() : null;
		return (throttle != null) ? throttle : String.valueOf(mistake.getMessage());
	}

}
