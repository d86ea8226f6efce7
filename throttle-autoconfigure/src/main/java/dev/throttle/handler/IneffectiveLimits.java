package dev.throttle.handler;

import dev.throttle.Rates;
import org.jspecify.annotations.Nullable;

/**
 * Refuses limits of an application in which nothing is throttled.
 *
 * @since 1.0.0
 */
public final class IneffectiveLimits {

	private IneffectiveLimits() {
	}

	/**
	 * Check that there is no limit.
	 * @param rates the rates
	 * @param declaration an annotation and where it stands, null for none
	 * @param reason why nothing is throttled, as in {@code this is not a web application}
	 * @param action what to do
	 * @throws InvalidThrottleConfigurationException if there is a limit
	 */
	public static void check(Rates rates, @Nullable String declaration, String reason, String action) {
		boolean ratesAreSet = !rates.asMap().isEmpty();
		if (ratesAreSet || declaration != null) {
			throw new InvalidThrottleConfigurationException(
					(ratesAreSet ? "Rates are set in 'throttle.rates'" : "There is " + declaration) + ", but " + reason
							+ ".",
					action);
		}
	}

}
