package dev.throttle;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Counts requests by user, anonymous ones by address, under the scopes that the handler
 * declares with {@link Throttle @Throttle}. Handlers that declare the same scope share a
 * count.
 *
 * @since 1.0.0
 */
public class ScopedRateThrottle extends SimpleRateThrottle {

	/**
	 * Create a throttle with the rates of the handlers' scopes.
	 */
	public ScopedRateThrottle() {
		super("scoped");
	}

	@Override
	public Collection<String> scopes() {
		return List.of();
	}

	@Override
	protected List<Policy> policies(ThrottleRequest request) {
		return request.handlerPolicies();
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
