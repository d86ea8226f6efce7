package dev.throttle.reactive;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;

import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.engine.Decision;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;

/**
 * A reactive request as throttles see it. The principal is known beforehand, because
 * throttles cannot wait for it.
 */
final class ReactiveThrottleRequest implements ThrottleRequest {

	private final ServerWebExchange exchange;

	private final @Nullable Principal principal;

	private final DeclaredScopes declared;

	private final ClientAddressResolver addresses;

	private final ByteScopes bytes;

	private volatile @Nullable String address;

	ReactiveThrottleRequest(ServerWebExchange exchange, @Nullable Principal principal, DeclaredScopes declared,
			ClientAddressResolver addresses, ByteScopes bytes) {
		this.exchange = exchange;
		this.principal = principal;
		this.declared = declared;
		this.addresses = addresses;
		this.bytes = bytes;
	}

	@Override
	public String method() {
		return request().getMethod().name();
	}

	@Override
	public String path() {
		return new ReactivePath(request()).text();
	}

	@Override
	public @Nullable String header(String name) {
		return request().getHeaders().getFirst(name);
	}

	@Override
	public String address() {
		String address = this.address;
		if (address == null) {
			address = this.addresses.resolve(remoteAddress(request()), addressLines());
			this.address = address;
		}
		return address;
	}

	/**
	 * Return the address that the connection comes from. If forwarded headers have
	 * replaced it, it is not resolved.
	 */
	static @Nullable String remoteAddress(ServerHttpRequest request) {
		InetSocketAddress remote = request.getRemoteAddress();
		if (remote == null) {
			return null;
		}
		return (remote.getAddress() != null) ? remote.getAddress().getHostAddress() : remote.getHostString();
	}

	private List<String> addressLines() {
		String header = this.addresses.header();
		return (header != null) ? ReactiveResponseHeaders.lines(request().getHeaders(), header) : List.of();
	}

	@Override
	public @Nullable Principal principal() {
		return this.principal;
	}

	@Override
	public OptionalLong contentLength() {
		long length = request().getHeaders().getContentLength();
		return (length >= 0) ? OptionalLong.of(length) : OptionalLong.empty();
	}

	@Override
	public List<Scope> scopes() {
		return this.declared.scopes();
	}

	/**
	 * Return the cost that the handler declares, or else the number of bytes.
	 */
	@Override
	public long cost(Scope scope) {
		OptionalLong declared = this.declared.cost(scope);
		if (declared.isPresent()) {
			return declared.getAsLong();
		}
		return this.bytes.isEmpty() ? 1 : this.bytes.cost(scope, this, Connections.hidesUnknownLength(request()));
	}

	/**
	 * Return the plan that the filter has found.
	 */
	@Override
	public @Nullable String plan() {
		Decision earlier = CountedExchange.of(this.exchange).first();
		return (earlier != null) ? earlier.plan() : null;
	}

	@Override
	public <T> @Nullable T nativeRequest(Class<T> type) {
		if (type.isInstance(this.exchange)) {
			return type.cast(this.exchange);
		}
		return type.isInstance(request()) ? type.cast(request()) : null;
	}

	private ServerHttpRequest request() {
		return this.exchange.getRequest();
	}

}
