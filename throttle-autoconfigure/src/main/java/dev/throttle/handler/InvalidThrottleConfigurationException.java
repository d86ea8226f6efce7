package dev.throttle.handler;

/**
 * Thrown at startup if a limit would have no effect or its configuration is not valid.
 *
 * @since 1.0.0
 */
public class InvalidThrottleConfigurationException extends RuntimeException {

	private final String description;

	private final String action;

	/**
	 * Create an exception.
	 * @param description what is wrong, naming the property or the handler
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
