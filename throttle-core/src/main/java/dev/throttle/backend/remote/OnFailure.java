package dev.throttle.backend.remote;

/**
 * How requests are answered while a store is unavailable.
 *
 * @since 1.0.0
 */
public enum OnFailure {

	/**
	 * Count in this process until the store is back.
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
