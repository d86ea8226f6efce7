package dev.throttle.benchmarks.memory;

/**
 * What becomes of the questions.
 */
enum Demand {

	/**
	 * All are allowed.
	 */
	ALLOWED,

	/**
	 * All are denied.
	 */
	DENIED,

	/**
	 * Half of them are allowed: of one key every other on average, of many keys those of
	 * every other key.
	 */
	HALF

}
