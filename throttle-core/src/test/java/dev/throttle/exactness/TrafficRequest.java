package dev.throttle.exactness;

import java.util.List;

import dev.throttle.Policy;
import dev.throttle.Rates;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request of random traffic.
 *
 * @param user who asks
 * @param costs the cost for each throttle
 * @param rates the rates
 */
record TrafficRequest(String user, List<Long> costs, Rates rates) implements ThrottleRequest {

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
	public String address() {
		return "192.0.2.1";
	}

	@Override
	public List<Policy> handlerPolicies() {
		return List.of();
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return type.isInstance(this) ? type.cast(this) : null;
	}

}
