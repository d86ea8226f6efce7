package dev.throttle.http;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * A functional route of Spring MVC.
 */
@Configuration(proxyBeanMethods = false)
class Routed {

	@Bean
	RouterFunction<ServerResponse> routed() {
		return RouterFunctions.route().GET("/routed", (request) -> ServerResponse.ok().body("routed")).build();
	}

}
