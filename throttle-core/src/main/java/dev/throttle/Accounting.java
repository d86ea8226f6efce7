package dev.throttle;

/**
 * Whether a denied request still counts against the throttles that did not deny it.
 *
 * @since 1.0.0
 */
public enum Accounting {

	/**
	 * A request that any throttle denies counts against none. A client that waits for the
	 * time in Retry-After is therefore admitted.
	 */
	ALL_OR_NOTHING,

	/**
	 * Each throttle counts the requests that it allows, even if another throttle denies
	 * them, as in Django REST framework.
	 */
	INDEPENDENT

}
