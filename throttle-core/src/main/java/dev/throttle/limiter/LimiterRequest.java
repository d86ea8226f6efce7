package dev.throttle.limiter;

import java.security.Principal;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * What a limiter is asked for, as listeners and plan resolvers see it: there is no HTTP
 * request, so only the client, the scope and the cost are known.
 *
 * @param client who is counted
 * @param scopes the scope
 * @param cost how many permits to take, at least 1
 */
record LimiterRequest(Client client, List<Scope> scopes, long cost) implements ThrottleRequest {

	LimiterRequest(Scope scope, Client client, long cost) {
		this(client, List.of(scope), cost);
	}

	LimiterRequest {
		Objects.requireNonNull(client, "'client' must not be null");
		if (cost < 1) {
			throw new IllegalArgumentException("'cost' must be positive but is " + cost);
		}
	}

	@Override
	public String method() {
		return "";
	}

	@Override
	public String path() {
		return "";
	}

	@Override
	public @Nullable String header(String name) {
		return null;
	}

	@Override
	public String address() {
		return this.client.kind().equals(Client.ADDRESS) ? this.client.ident() : "";
	}

	@Override
	public @Nullable Principal principal() {
		return this.client.kind().equals(Client.USER) ? this.client::ident : null;
	}

	@Override
	public OptionalLong contentLength() {
		return OptionalLong.empty();
	}

	@Override
	public long cost(Scope scope) {
		return this.cost;
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return null;
	}

}
