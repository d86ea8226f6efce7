package dev.throttle.limiter;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * What limiters are asked for, as listeners and plan resolvers see it: there is no HTTP
 * request, so only the clients and the scopes are known.
 *
 * @param permits the permits to take, at least one; the client is that of the first
 */
record LimiterRequest(List<Permits> permits) implements ThrottleRequest {

	@Override
	public Client client() {
		return this.permits.get(0).client();
	}

	@Override
	public List<Scope> scopes() {
		return this.permits.stream().map(Permits::scope).toList();
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
		return is(Client.ADDRESS) ? client().plainIdent() : "";
	}

	@Override
	public @Nullable Principal principal() {
		Client client = client();
		return is(Client.USER) ? client::plainIdent : null;
	}

	/**
	 * Return whether the client is of a kind. One with a secret is of no known kind.
	 */
	private boolean is(String kind) {
		return !client().isSecret() && client().kind().equals(kind);
	}

	@Override
	public OptionalLong contentLength() {
		return OptionalLong.empty();
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return null;
	}

}
