package dev.throttle;

import org.jspecify.annotations.Nullable;

/**
 * Counts anonymous requests by address. It does not apply to authenticated requests.
 *
 * @since 1.0.0
 */
public class AnonRateThrottle extends SimpleRateThrottle {

	/**
	 * The default scope.
	 */
	public static final String SCOPE = "anon";

	/**
	 * Create a throttle with the rate {@code throttle.rates.anon}.
	 */
	public AnonRateThrottle() {
		this(SCOPE);
	}

	/**
	 * Create a throttle with the rate {@code throttle.rates.<scope>}.
	 * @param scope the scope
	 */
	public AnonRateThrottle(String scope) {
		super(scope);
	}

	/**
	 * Create a throttle that defines the rate of its scope.
	 * @param scope the scope, which must have no rate in {@code throttle.rates}
	 * @param rates one rate, or several separated by commas
	 */
	public AnonRateThrottle(String scope, String rates) {
		super(scope, rates);
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return (request.user() == null) ? Client.address(request.address()) : null;
	}

}
