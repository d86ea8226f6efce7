package dev.throttle.engine;

import java.util.Locale;

/**
 * The outcome of a request for one quota, or for a throttle without a rate, as reported
 * in metrics.
 *
 * @since 1.0.0
 */
public enum DecisionOutcome {

	/**
	 * There was room, even if another quota denied the request.
	 */
	ALLOWED,

	/**
	 * There was no room, by the count of the backend or of this process, and the request
	 * was denied.
	 */
	DENIED,

	/**
	 * A shadow quota had room.
	 */
	SHADOW_ALLOWED,

	/**
	 * A shadow quota would have denied the request.
	 */
	SHADOW_DENIED,

	/**
	 * The backend did not answer, and the request passed uncounted.
	 */
	FAILED_OPEN,

	/**
	 * The backend did not answer, and the count of this process had room.
	 */
	FAILED_LOCAL,

	/**
	 * The backend did not answer, and the request was refused.
	 */
	FAILED_CLOSED;

	private final String text = name().toLowerCase(Locale.ROOT);

	/**
	 * Return the outcome as it is written in metrics and logs.
	 * @return the name in lower case
	 */
	public String text() {
		return this.text;
	}

}
