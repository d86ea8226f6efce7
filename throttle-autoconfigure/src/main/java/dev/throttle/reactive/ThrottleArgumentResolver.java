package dev.throttle.reactive;

import java.util.Optional;
import java.util.function.Supplier;

import dev.throttle.Reservation;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientAddressResolver;
import dev.throttle.handler.DeclaredScopes;
import dev.throttle.web.ByteScopes;
import reactor.core.publisher.Mono;

import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives handlers of WebFlux their arguments of type {@link Reservation} and
 * {@link ThrottleRequest}. The latter declares no scopes.
 *
 * @since 1.0.0
 */
public final class ThrottleArgumentResolver implements HandlerMethodArgumentResolver, WebFluxConfigurer {

	private final Supplier<ClientAddressResolver> addresses;

	/**
	 * Create a resolver of arguments.
	 * @param addresses returns what resolves the client's address
	 */
	public ThrottleArgumentResolver(Supplier<ClientAddressResolver> addresses) {
		this.addresses = addresses;
	}

	@Override
	public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
		configurer.addCustomResolver(this);
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return type == Reservation.class || type == ThrottleRequest.class;
	}

	@Override
	public Mono<Object> resolveArgument(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
		if (parameter.getParameterType() == Reservation.class) {
			return Mono.just(exchange.getAttributeOrDefault(Reservation.ATTRIBUTE, Reservation.NONE));
		}
		return ExchangeDecisions.user(exchange)
			.map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.map((user) -> new ReactiveThrottleRequest(exchange, user.orElse(null), DeclaredScopes.NONE,
					this.addresses.get(), ByteScopes.NONE));
	}

}
