package dev.throttle.limiter;

import java.util.Objects;

import dev.throttle.Client;
import dev.throttle.Scope;

/**
 * Permits that a client takes under a scope.
 *
 * @param scope the scope
 * @param client who is counted
 * @param cost how many permits to take, at least 1
 * @since 1.0.0
 */
public record Permits(Scope scope, Client client, long cost) {

	/**
	 * Create permits.
	 * @param scope the scope
	 * @param client who is counted
	 * @param cost how many permits to take
	 * @throws IllegalArgumentException if the cost is not positive
	 */
	public Permits {
		Objects.requireNonNull(client, "'client' must not be null");
		if (cost < 1) {
			throw new IllegalArgumentException("'cost' must be positive but is " + cost);
		}
	}

}
