package dev.throttle.reactive;

import java.security.Principal;
import java.util.function.BooleanSupplier;

import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Puts a request into the Reactor context, as a {@code Mono<ThrottleRequest>} under the
 * key {@code ThrottleRequest.class}, for the limits of methods that its handler calls. It
 * runs last, after authentication.
 *
 * @since 1.0.0
 */
public final class CurrentRequestFilter implements WebFilter, Ordered {

	private final ClientAddressResolver addresses;

	private final BooleanSupplier isNeeded;

	/**
	 * Create a filter.
	 * @param addresses resolves the client's address
	 * @param isNeeded whether some method has a limit
	 */
	public CurrentRequestFilter(ClientAddressResolver addresses, BooleanSupplier isNeeded) {
		this.addresses = addresses;
		this.isNeeded = isNeeded;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return this.isNeeded.getAsBoolean()
				? chain.filter(exchange)
					.contextWrite((context) -> context.put(ThrottleRequest.class, request(exchange)))
				: chain.filter(exchange);
	}

	private Mono<ThrottleRequest> request(ServerWebExchange exchange) {
		return ExchangeDecisions.user(exchange)
			.map((user) -> request(exchange, user))
			.switchIfEmpty(Mono.fromSupplier(() -> request(exchange, null)));
	}

	private ThrottleRequest request(ServerWebExchange exchange, @Nullable Principal user) {
		return new ReactiveThrottleRequest(exchange, user, DeclaredScopes.NONE, this.addresses, ByteScopes.NONE);
	}

}
