package dev.throttle.autoconfigure;

/**
 * Contributes to the {@link StartupReport}.
 */
interface StartupContributor {

	/**
	 * Throw an exception if a limit would have no effect.
	 */
	default void check() {
	}

	/**
	 * Log warnings about what may be a mistake.
	 */
	default void warn() {
	}

	/**
	 * Log what applies.
	 */
	default void inform() {
	}

}
