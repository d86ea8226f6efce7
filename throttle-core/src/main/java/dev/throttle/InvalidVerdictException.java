package dev.throttle;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a throttle returns an invalid verdict, such as a count with a cost below 1.
 * This is a bug in the throttle, and the request is not let through.
 *
 * @since 1.0.0
 */
public final class InvalidVerdictException extends IllegalArgumentException {

	private final @Nullable String throttle;

	/**
	 * Create an exception that does not name the throttle.
	 * @param message what is wrong
	 */
	public InvalidVerdictException(String message) {
		super(message);
		this.throttle = null;
	}

	/**
	 * Create an exception that names the throttle.
	 * @param throttle the name of the throttle
	 * @param cause what is wrong with its verdict
	 */
	public InvalidVerdictException(String throttle, InvalidVerdictException cause) {
		super("The throttle '" + throttle + "' returned an invalid verdict: " + cause.getMessage(), cause);
		this.throttle = throttle;
	}

	/**
	 * Return the name of the throttle.
	 * @return the name, null if it is not known
	 */
	public @Nullable String getThrottle() {
		return this.throttle;
	}

}
