package dev.throttle.handler;

/**
 * Thrown at start where a limit, as it is declared, would have no effect.
 *
 * @since 1.0.0
 */
public class InvalidThrottleConfigurationException extends RuntimeException {

	private final String description;

	private final String action;

	/**
	 * Create an exception.
	 * @param description what is wrong, with the property or the handler that says so
	 * @param action what to write instead
	 */
	public InvalidThrottleConfigurationException(String description, String action) {
		super(description + " " + action);
		this.description = description;
		this.action = action;
	}

	/**
	 * Return what is wrong.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	/**
	 * Return what to write instead.
	 * @return the action
	 */
	public String getAction() {
		return this.action;
	}

}
