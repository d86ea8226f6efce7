package dev.throttle.reactive;

import dev.throttle.Reservation;

import org.springframework.core.MethodParameter;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.SyncHandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;

/**
 * Gives handlers of WebFlux their argument of type {@link Reservation}.
 *
 * @since 1.0.0
 */
public final class ReservationArgumentResolver implements SyncHandlerMethodArgumentResolver, WebFluxConfigurer {

	@Override
	public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
		configurer.addCustomResolver(this);
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == Reservation.class;
	}

	@Override
	public Object resolveArgumentValue(MethodParameter parameter, BindingContext context, ServerWebExchange exchange) {
		return exchange.getAttributeOrDefault(Reservation.ATTRIBUTE, Reservation.NONE);
	}

}
