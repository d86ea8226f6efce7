package dev.throttle;

import org.jspecify.annotations.Nullable;

/**
 * What a throttle answers is no verdict, such as a quota whose cost is not positive. The
 * throttle has a mistake, and the request must not pass because of it.
 *
 * @since 1.0.0
 */
public final class InvalidVerdictException extends IllegalArgumentException {

	private final @Nullable String throttle;

	/**
	 * Create an exception of a throttle whose name is not known here.
	 * @param message what is wrong
	 */
	public InvalidVerdictException(String message) {
		super(message);
		this.throttle = null;
	}

	/**
	 * Create an exception that names the throttle.
	 * @param throttle the name of the throttle
	 * @param cause what is wrong with its answer
	 */
	public InvalidVerdictException(String throttle, InvalidVerdictException cause) {
		super("The throttle '" + throttle + "' gives no valid verdict: " + cause.getMessage(), cause);
		this.throttle = throttle;
	}

	/**
	 * Return the name of the throttle.
	 * @return the name, null where it is not known
	 */
	public @Nullable String getThrottle() {
		return this.throttle;
	}

}
