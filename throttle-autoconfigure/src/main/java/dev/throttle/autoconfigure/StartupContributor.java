package dev.throttle.autoconfigure;

/**
 * A part of the {@link StartupReport}.
 */
interface StartupContributor {

	/**
	 * Keep the application from starting where a limit would have no effect.
	 */
	default void check() {
	}

	/**
	 * Warn of what may not be meant so.
	 */
	default void warn() {
	}

	/**
	 * Say what is in force.
	 */
	default void inform() {
	}

}
