package dev.throttle.limiter;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.engine.JointRequest;
import org.jspecify.annotations.Nullable;

/**
 * What limiters are asked for, as listeners and plan resolvers see it: there is no HTTP
 * request, so only the clients and the scopes are known. If the client is that of a
 * request that is being handled, it has what is known of that.
 *
 * @param permits the permits to take, at least one; the client is that of the first
 * @param caller the client of the request that is being handled; null if there is none
 * @param isRepeated whether the caller waits and asks again if the permits are denied
 */
record LimiterRequest(List<Permits> permits, @Nullable Caller caller, boolean isRepeated) implements JointRequest {

	@Override
	public Client client() {
		return this.permits.get(0).client();
	}

	@Override
	public LimiterRequest of(Client client) {
		List<Permits> own = this.permits.stream().filter((permits) -> permits.client().equals(client)).toList();
		return (own.size() == this.permits.size()) ? this : new LimiterRequest(own, this.caller, this.isRepeated);
	}

	private @Nullable Caller ownCaller() {
		return (this.caller != null && this.caller.client().equals(client())) ? this.caller : null;
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
		Caller caller = ownCaller();
		return (caller != null) ? caller.address() : is(Client.ADDRESS) ? client().plainIdent() : "";
	}

	@Override
	public @Nullable Principal principal() {
		Caller caller = ownCaller();
		Client client = client();
		return (caller != null) ? caller.principal() : is(Client.USER) ? client::plainIdent : null;
	}

	@Override
	public @Nullable String plan() {
		Caller caller = ownCaller();
		return (caller != null) ? caller.plan() : null;
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

	/**
	 * The client of a request. The request itself may be over when this is used.
	 *
	 * @param plan its plan; null if it is not known yet
	 */
	record Caller(Client client, @Nullable Principal principal, String address, @Nullable String plan) {

		static Caller of(ThrottleRequest request) {
			return new Caller(request.client(), request.principal(), request.address(), request.plan());
		}

	}

}
