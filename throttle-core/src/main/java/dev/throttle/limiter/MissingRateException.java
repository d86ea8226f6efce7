package dev.throttle.limiter;

import java.util.List;

import dev.throttle.Scope;

/**
 * Thrown when a limiter is asked for whose scope has no rate.
 *
 * @since 1.0.0
 */
public class MissingRateException extends IllegalArgumentException {

	private final transient Scope scope;

	private final transient List<String> known;

	MissingRateException(Scope scope, List<String> known) {
		super("There is no rate for the scope '" + scope + "'; set 'throttle.rates." + scope
				+ "', for example to '100/hour'");
		this.scope = scope;
		this.known = known;
	}

	/**
	 * Return the scope.
	 * @return the scope, as it was asked for
	 */
	public Scope getScope() {
		return this.scope;
	}

	/**
	 * Return the scopes that have rates.
	 * @return the scopes, as they are configured
	 */
	public List<String> getKnownScopes() {
		return this.known;
	}

}
