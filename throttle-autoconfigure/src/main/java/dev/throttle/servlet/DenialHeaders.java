package dev.throttle.servlet;

import java.time.Duration;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The headers that every denial has, whoever writes its body.
 */
final class DenialHeaders {

	private static final String RETRY_AFTER = "Retry-After";

	private DenialHeaders() {
	}

	static void set(ThrottledException exception, HttpServletResponse response) {
		set(exception.getRetryAfter(), response);
	}

	static void set(BackendUnavailableException exception, HttpServletResponse response) {
		set(exception.getRetryAfter(), response);
	}

	/**
	 * Set the headers, but for a Retry-After that is set already.
	 */
	private static void set(@Nullable Duration wait, HttpServletResponse response) {
		response.setHeader("Cache-Control", "no-store");
		if (wait != null && !response.containsHeader(RETRY_AFTER)) {
			long seconds = new ThrottledException(wait).getRetryAfterSeconds().orElseThrow();
			response.setHeader(RETRY_AFTER, Long.toString(seconds));
			ExposedHeaders.expose(response, RETRY_AFTER);
		}
	}

}
