package dev.throttle.backend;

import java.time.Duration;

/**
 * Thrown by a backend that cannot decide and is configured to deny in that case. The
 * response has status 503, never 429: the client has done nothing wrong.
 *
 * @since 1.0.0
 */
public class BackendUnavailableException extends RuntimeException {

	private final Duration retryAfter;

	/**
	 * Create an exception.
	 * @param retryAfter the time after which the backend may be available again
	 */
	public BackendUnavailableException(Duration retryAfter) {
		super("The backend that counts requests is not available", null, false, false);
		this.retryAfter = retryAfter;
	}

	/**
	 * Return the time after which the backend may be available again.
	 * @return the time
	 */
	public Duration getRetryAfter() {
		return this.retryAfter;
	}

}
