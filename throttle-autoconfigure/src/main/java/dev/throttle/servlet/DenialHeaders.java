package dev.throttle.servlet;

import java.util.OptionalLong;

import dev.throttle.ThrottledException;
import dev.throttle.backend.BackendUnavailableException;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * The headers that every denial has, whoever writes its body.
 */
final class DenialHeaders {

	private DenialHeaders() {
	}

	static void set(ThrottledException exception, HttpServletResponse response) {
		set(exception.getRetryAfterSeconds(), response);
	}

	static void set(BackendUnavailableException exception, HttpServletResponse response) {
		set(new ThrottledException(exception.getRetryAfter()).getRetryAfterSeconds(), response);
	}

	/**
	 * Set the headers, but for a Retry-After that is set already.
	 */
	private static void set(OptionalLong seconds, HttpServletResponse response) {
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		if (seconds.isPresent() && !response.containsHeader(HttpHeaders.RETRY_AFTER)) {
			response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds.getAsLong()));
			ExposedHeaders.expose(response, HttpHeaders.RETRY_AFTER);
		}
	}

}
