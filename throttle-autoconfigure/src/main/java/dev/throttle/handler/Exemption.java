package dev.throttle.handler;

/**
 * Why no request for a handler is throttled, whatever the handler declares.
 *
 * @since 1.0.0
 */
public enum Exemption {

	/**
	 * All paths of the handler are excluded.
	 */
	EXCLUDED_PATHS("throttle.exclude-paths"),

	/**
	 * The handler's class is an error controller.
	 */
	ERROR_CONTROLLER("ErrorController");

	private final String reason;

	Exemption(String reason) {
		this.reason = reason;
	}

	String reason() {
		return this.reason;
	}

}
