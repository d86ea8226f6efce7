package dev.throttle.handler;

/**
 * Why a handler is never throttled, whatever its annotations.
 */
enum Exemption {

	/**
	 * All paths of the handler are excluded.
	 */
	EXCLUDED_PATHS("throttle.exclude-paths", "'throttle.exclude-paths' excludes every path of the handler",
			"Remove the pattern from 'throttle.exclude-paths', or remove the annotation or the scope."),

	/**
	 * The handler's class is an error controller.
	 */
	ERROR_CONTROLLER("ErrorController", "handlers of an ErrorController are not throttled",
			"Move the handler to another controller, or remove the annotation.");

	private final String reason;

	private final String description;

	private final String action;

	Exemption(String reason, String description, String action) {
		this.reason = reason;
		this.description = description;
		this.action = action;
	}

	String reason() {
		return this.reason;
	}

	InvalidThrottleConfigurationException refuse(String declaration) {
		return new InvalidThrottleConfigurationException(Mistake.ANNOTATION_WITHOUT_EFFECT,
				declaration + " has no effect: " + this.description + ".", this.action);
	}

}
