package dev.throttle.backend.redis;

/**
 * What is answered while Redis cannot decide.
 *
 * @since 1.0.0
 */
public enum OnFailure {

	/**
	 * Count in this process until it is back.
	 */
	LOCAL,

	/**
	 * Allow everything.
	 */
	ALLOW,

	/**
	 * Deny everything, with status 503.
	 */
	DENY

}
