package dev.throttle.usage;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request as if it called all handlers: it has their scopes, and a body of one byte, so
 * that throttles that count bytes can say what it costs.
 */
record AnyHandlerRequest(ThrottleRequest request, List<Scope> scopes) implements ThrottleRequest {

	@Override
	public String method() {
		return this.request.method();
	}

	@Override
	public String path() {
		return this.request.path();
	}

	@Override
	public @Nullable String header(String name) {
		return this.request.header(name);
	}

	@Override
	public String address() {
		return this.request.address();
	}

	@Override
	public @Nullable Principal principal() {
		return this.request.principal();
	}

	@Override
	public @Nullable String user() {
		return this.request.user();
	}

	@Override
	public Client client() {
		return this.request.client();
	}

	@Override
	public OptionalLong contentLength() {
		return OptionalLong.of(1);
	}

	@Override
	public @Nullable String plan() {
		return this.request.plan();
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		return this.request.nativeRequest(type);
	}

}
