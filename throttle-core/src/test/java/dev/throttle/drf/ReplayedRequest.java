package dev.throttle.drf;

import java.util.List;

import dev.throttle.Policy;
import dev.throttle.Rates;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request of a scenario as throttles see it.
 *
 * @param address the client's address
 * @param user the user, null for an anonymous request
 * @param handlerScope the scope that the handler declares
 * @param rates the rates
 */
record ReplayedRequest(String address, @Nullable String user, @Nullable String handlerScope,
		Rates rates) implements ThrottleRequest {

	@Override
	public String method() {
		return "GET";
	}

	@Override
	public String path() {
		return "/";
	}

	@Override
	public @Nullable String header(String name) {
		return null;
	}

	@Override
	public List<Policy> handlerPolicies() {
		return (this.handlerScope != null) ? this.rates.policies(this.handlerScope) : List.of();
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return null;
	}

}
