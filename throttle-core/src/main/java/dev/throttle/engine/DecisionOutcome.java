package dev.throttle.engine;

import java.util.Locale;

/**
 * What a quota, or a throttle that is no rate, said of a request, as it is measured.
 *
 * @since 1.0.0
 */
public enum DecisionOutcome {

	/**
	 * It had room, whatever others said of the request.
	 */
	ALLOWED,

	/**
	 * It had no room, whoever counted, so that the request was denied.
	 */
	DENIED,

	/**
	 * It is a shadow, and had room.
	 */
	SHADOW_ALLOWED,

	/**
	 * It is a shadow, and would have denied the request.
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
	 * The backend did not answer, and the request was refused therefore.
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
