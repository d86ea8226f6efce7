package dev.throttle.http;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * A functional route of WebFlux.
 */
@Configuration(proxyBeanMethods = false)
class Routed {

	@Bean
	RouterFunction<ServerResponse> routed() {
		return RouterFunctions.route().GET("/routed", (request) -> ServerResponse.ok().bodyValue("routed")).build();
	}

}
