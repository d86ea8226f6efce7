package dev.throttle.http;

import java.util.Locale;

/**
 * What becomes of an answer that refuses a request and says when to send it again.
 *
 * @since 1.0.0
 */
public enum RetryOutcome {

	/**
	 * The request is sent again when the server says so.
	 */
	RETRIED,

	/**
	 * Its method is not idempotent and it has no idempotency key, or its body can be sent
	 * only once.
	 */
	NOT_REPEATABLE,

	/**
	 * It was sent again as often as allowed.
	 */
	TOO_MANY,

	/**
	 * Its waits would be too long together.
	 */
	TOO_LONG,

	/**
	 * Too many requests were sent again lately.
	 */
	NO_BUDGET;

	/**
	 * Return the name, as it appears in metrics.
	 * @return the name in lower case
	 */
	public String text() {
		return name().toLowerCase(Locale.ROOT);
	}

}
