package dev.throttle.http;

import java.io.IOException;

import dev.throttle.Reservation;
import dev.throttle.servlet.ScopedRoutes;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * Places of Spring MVC that settle a reservation without an argument for it.
 */
@Configuration(proxyBeanMethods = false)
class SettlingPlaces {

	/** The header that says what the filter settles. */
	static final String HEADER = "X-Settle";

	@Bean
	OncePerRequestFilter settlingFilter() {
		return new OncePerRequestFilter() {

			@Override
			protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
					throws ServletException, IOException {
				chain.doFilter(request, response);
				if (request.getHeader(HEADER) != null) {
					Reservation.of(request::getAttribute).settle(Long.parseLong(request.getHeader(HEADER)));
				}
			}

		};
	}

	@Bean
	RouterFunction<ServerResponse> routed() {
		return ScopedRoutes.of("tokens", 40, route().GET("/routed", (request) -> {
			Reservation.of(request.attributes()::get).settle(8);
			return ServerResponse.ok().body("settled");
		}).build());
	}

}
