package dev.throttle;

/**
 * Whether a denied request still counts against the throttles that did not deny it.
 *
 * @since 1.0.0
 */
public enum Accounting {

	/**
	 * A request that any throttle denies counts against none, so that a client that waits
	 * as long as it was told is admitted.
	 */
	ALL_OR_NOTHING,

	/**
	 * Each throttle counts what it allows, whatever the others answer, as in Django REST
	 * framework.
	 */
	INDEPENDENT

}
