package dev.throttle;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Counts anonymous requests by address. It does not apply to authenticated ones.
 *
 * @since 1.0.0
 */
public class AnonRateThrottle extends SimpleRateThrottle {

	/**
	 * The scope, where no other is given.
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
	 * Create a throttle with its own rate.
	 * @param scope the scope, under which requests are counted
	 * @param rates one rate, or several by comma
	 */
	public AnonRateThrottle(String scope, String rates) {
		super(scope, rates);
	}

	@Override
	protected @Nullable String ident(ThrottleRequest request) {
		return (request.user() == null) ? request.address() : null;
	}

	@Override
	protected String kind(ThrottleRequest request) {
		return Client.ADDRESS;
	}

	@Override
	public List<Client> clients(String ident, @Nullable String address) {
		return (address != null) ? List.of(Client.address(address)) : List.of();
	}

}
