package dev.throttle.limiter;

import dev.throttle.Scope;

/**
 * Thrown when a limiter is asked for whose scope has no rate.
 *
 * @since 1.0.0
 */
public class MissingRateException extends IllegalArgumentException {

	private final transient Scope scope;

	/**
	 * Create an exception.
	 * @param scope the scope
	 */
	public MissingRateException(Scope scope) {
		super("There is no rate for the scope '" + scope + "'; set 'throttle.rates." + scope
				+ "', for example to '100/hour'");
		this.scope = scope;
	}

	/**
	 * Return the scope.
	 * @return the scope, as it was asked for
	 */
	public Scope getScope() {
		return this.scope;
	}

}
