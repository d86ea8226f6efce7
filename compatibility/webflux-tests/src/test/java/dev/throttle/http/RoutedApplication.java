package dev.throttle.http;

import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.ClassPathResource;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Functional routes of WebFlux, with filters and resources.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(UserFilter.class)
class RoutedApplication {

	@Bean
	RouterFunction<ServerResponse> routes() {
		return RouterFunctions.route()
			.GET("/functional", (request) -> ServerResponse.ok().bodyValue("functional"))
			.path("/api", (api) -> api.GET("/nested", (request) -> ServerResponse.ok().bodyValue("nested")))
			.resources("/resources/**", new ClassPathResource("static/"))
			.build();
	}

	@Bean
	RouterFunction<ServerResponse> filteredRoutes() {
		return RouterFunctions.route()
			.GET("/filtered", (request) -> ServerResponse.ok().bodyValue("filtered"))
			.filter((request, next) -> next.handle(request))
			.build();
	}

	@Bean
	RouterFunction<ServerResponse> lambda() {
		return (request) -> request.path().equals("/lambda")
				? Mono.just((matched) -> ServerResponse.ok().bodyValue("lambda")) : Mono.empty();
	}

	@Bean
	RouterFunction<ServerResponse> resource() {
		return RouterFunctions.resources((request) -> request.path().equals("/resource")
				? Mono.just(new ClassPathResource("static/files/page.txt")) : Mono.empty());
	}

}
