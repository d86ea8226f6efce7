package dev.throttle.autoconfigure;

import dev.throttle.engine.RateRegistry;

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
	 * Throw an exception if a limit would have no effect under other rates.
	 * @param rates the rates; the configured ones are checked
	 * @param scopes where they are configured
	 */
	default void check(RateRegistry rates, ConfiguredScopes scopes) {
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
