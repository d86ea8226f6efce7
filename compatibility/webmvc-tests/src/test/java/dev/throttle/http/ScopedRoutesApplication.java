package dev.throttle.http;

import dev.throttle.servlet.ScopedRoutes;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * Functional routes of Spring MVC, with scopes of their own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(UserFilter.class)
class ScopedRoutesApplication {

	@Bean
	RouterFunction<ServerResponse> routes(@Value("${scope.of-large:large}") String large) {
		return route().add(ScopedRoutes.of("uploads", plain("/uploads")))
			.path("/api",
					(api) -> api.add(ScopedRoutes.of("uploads",
							route().add(plain("/uploads")).add(ScopedRoutes.of(large, plain("/large"))).build())))
			.add(plain("/plain"))
			.build();
	}

	@Bean
	RouterFunction<ServerResponse> filteredRoutes() {
		return route().path("/filtered", (filtered) -> filtered.add(ScopedRoutes.of("uploads", plain("/uploads"))))
			.filter((request, next) -> next.handle(request))
			.build();
	}

	private static RouterFunction<ServerResponse> plain(String path) {
		return route().GET(path, (request) -> ServerResponse.ok().body("stored")).build();
	}

}
