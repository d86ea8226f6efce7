package dev.throttle.handler;

import org.springframework.util.StringUtils;

/**
 * Thrown at startup if a limit would have no effect or its configuration is not valid.
 *
 * @since 1.0.0
 */
public class InvalidThrottleConfigurationException extends RuntimeException {

	private final Mistake mistake;

	private final String description;

	private final String action;

	/**
	 * Create an exception.
	 * @param mistake the kind of mistake
	 * @param description what is wrong, naming the property or the handler
	 * @param action what to write instead
	 */
	public InvalidThrottleConfigurationException(Mistake mistake, String description, String action) {
		super(description + " " + action);
		this.mistake = mistake;
		this.description = description;
		this.action = action;
	}

	/**
	 * Return an exception for a problem whose message may say what to write after a
	 * semicolon.
	 * @param mistake the kind of mistake
	 * @param where what has the problem, before its message; may be empty
	 * @param problem the problem
	 * @param action what to write if the message does not say it
	 * @return the exception
	 */
	public static InvalidThrottleConfigurationException of(Mistake mistake, String where,
			IllegalArgumentException problem, String action) {
		String[] parts = String.valueOf(problem.getMessage()).split("; ", 2);
		return new InvalidThrottleConfigurationException(mistake, where + parts[0] + ".",
				(parts.length > 1) ? StringUtils.capitalize(parts[1]) + "." : action);
	}

	/**
	 * Return the kind of mistake.
	 * @return the kind
	 */
	public Mistake getMistake() {
		return this.mistake;
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
