package dev.throttle;

import org.jspecify.annotations.Nullable;

/**
 * Counts requests by user, and anonymous requests by address.
 *
 * @since 1.0.0
 */
public class UserRateThrottle extends SimpleRateThrottle {

	/**
	 * The default scope.
	 */
	public static final String SCOPE = "user";

	/**
	 * Create a throttle with the rate {@code throttle.rates.user}.
	 */
	public UserRateThrottle() {
		this(SCOPE);
	}

	/**
	 * Create a throttle with the rate {@code throttle.rates.<scope>}.
	 * @param scope the scope
	 */
	public UserRateThrottle(String scope) {
		super(scope);
	}

	/**
	 * Create a throttle that defines the rate of its scope.
	 * @param scope the scope, which must have no rate in {@code throttle.rates}
	 * @param rates one rate, or several separated by commas
	 */
	public UserRateThrottle(String scope, String rates) {
		super(scope, rates);
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return request.client();
	}

}
