package dev.throttle;

import org.jspecify.annotations.Nullable;

/**
 * Counts all requests by address, also those of users. It does not ask for the user, so
 * it can be used before authentication.
 *
 * @since 1.0.0
 */
public class AddressRateThrottle extends SimpleRateThrottle {

	/**
	 * The default scope.
	 */
	public static final String SCOPE = "address";

	/**
	 * Create a throttle with the rate {@code throttle.rates.address}.
	 */
	public AddressRateThrottle() {
		this(SCOPE);
	}

	/**
	 * Create a throttle with the rate {@code throttle.rates.<scope>}.
	 * @param scope the scope
	 */
	public AddressRateThrottle(String scope) {
		super(scope);
	}

	/**
	 * Create a throttle that defines the rate of its scope.
	 * @param scope the scope, which must have no rate in {@code throttle.rates}
	 * @param rates one rate, or several separated by commas
	 */
	public AddressRateThrottle(String scope, String rates) {
		super(scope, rates);
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return Client.address(request.address());
	}

}
