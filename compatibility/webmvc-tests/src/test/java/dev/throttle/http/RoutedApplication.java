package dev.throttle.http;

import java.util.Optional;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Functional routes of Spring MVC, with filters and resources.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(UserFilter.class)
class RoutedApplication {

	@Bean
	RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.GET("/functional", (request) -> ServerResponse.ok().body("functional"))
			.path("/api", (api) -> api.GET("/nested", (request) -> ServerResponse.ok().body("nested")))
			.resources("/resources/**", new ClassPathResource("static/"))
			.build();
	}

	@Bean
	RouterFunction<ServerResponse> filteredRoutes() {
		return RouterFunctions.route()
			.GET("/filtered", (request) -> ServerResponse.ok().body("filtered"))
			.filter((request, next) -> next.handle(request))
			.build();
	}

	@Bean
	RouterFunction<ServerResponse> lambda() {
		return (request) -> request.path().equals("/lambda")
				? Optional.of((matched) -> ServerResponse.ok().body("lambda")) : Optional.empty();
	}

	@Bean
	RouterFunction<ServerResponse> resource() {
		return RouterFunctions.resources((request) -> request.path().equals("/resource")
				? Optional.of(new ClassPathResource("static/files/page.txt")) : Optional.empty());
	}

}
