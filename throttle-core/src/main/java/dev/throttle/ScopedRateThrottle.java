package dev.throttle;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Counts requests by user, and anonymous requests by address, under the scopes that the
 * handler declares with {@link Throttle @Throttle}. Handlers that declare the same scope
 * share a count.
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
	public Collection<Scope> scopes() {
		return List.of();
	}

	@Override
	public Verdict check(ThrottleRequest request) {
		return count(request.scopes(), request);
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return request.client();
	}

}
