package dev.throttle;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Counts requests by user, anonymous ones by address.
 *
 * @since 1.0.0
 */
public class UserRateThrottle extends SimpleRateThrottle {

	/**
	 * The scope, where no other is given.
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
	 * Create a throttle with its own rate.
	 * @param scope the scope, under which requests are counted
	 * @param rates one rate, or several by comma
	 */
	public UserRateThrottle(String scope, String rates) {
		super(scope, rates);
	}

	@Override
	protected @Nullable String ident(ThrottleRequest request) {
		String user = request.user();
		return (user != null) ? user : request.address();
	}

	@Override
	protected String kind(ThrottleRequest request) {
		return (request.user() != null) ? Client.USER : Client.ADDRESS;
	}

	@Override
	public List<Client> clients(String ident, @Nullable String address) {
		return (address != null) ? List.of(Client.user(ident), Client.address(address)) : List.of(Client.user(ident));
	}

}
