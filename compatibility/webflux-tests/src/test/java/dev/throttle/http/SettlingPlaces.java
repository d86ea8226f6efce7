package dev.throttle.http;

import dev.throttle.Reservation;
import dev.throttle.reactive.ScopedRoutes;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;

import static org.springframework.web.reactive.function.server.RouterFunctions.route;

/**
 * Places of WebFlux that settle a reservation without an argument for it.
 */
@Configuration(proxyBeanMethods = false)
class SettlingPlaces {

	/** The header that says what the filter settles. */
	static final String HEADER = "X-Settle";

	@Bean
	WebFilter settlingFilter() {
		return (exchange, chain) -> {
			String cost = exchange.getRequest().getHeaders().getFirst(HEADER);
			return chain.filter(exchange).doOnSuccess((answered) -> {
				if (cost != null) {
					Reservation.of(exchange::getAttribute).settle(Long.parseLong(cost));
				}
			});
		};
	}

	@Bean
	RouterFunction<ServerResponse> routed() {
		return ScopedRoutes.of("tokens", 40, route().GET("/routed", (request) -> {
			Reservation.of(request.attributes()::get).settle(8);
			return ServerResponse.ok().bodyValue("settled");
		}).build());
	}

}
