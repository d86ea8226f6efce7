package dev.throttle;

/**
 * What a request that one of its throttles denies uses up of the others.
 *
 * @since 1.0.0
 */
public enum Accounting {

	/**
	 * A request that any throttle denies is recorded by none, so that a client that waits
	 * as long as it was told is admitted.
	 */
	ALL_OR_NOTHING,

	/**
	 * Each throttle records what it allows, whatever the others answer, as in Django REST
	 * framework.
	 */
	INDEPENDENT

}
