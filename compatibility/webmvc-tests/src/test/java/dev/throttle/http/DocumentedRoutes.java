package dev.throttle.http;

import dev.throttle.servlet.ScopedRoutes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import org.springdoc.core.annotations.RouterOperation;
import org.springdoc.core.annotations.RouterOperations;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * Functional routes that springdoc documents.
 */
@Configuration(proxyBeanMethods = false)
class DocumentedRoutes {

	@Bean
	@RouterOperations({
			@RouterOperation(path = "/routes/{id}", method = RequestMethod.GET,
					operation = @Operation(operationId = "getRoute",
							parameters = @Parameter(in = ParameterIn.PATH, name = "id"))),
			@RouterOperation(path = "/routes/{id}", method = RequestMethod.POST,
					operation = @Operation(operationId = "postRoute",
							parameters = @Parameter(in = ParameterIn.PATH, name = "id"))) })
	RouterFunction<ServerResponse> documented() {
		return route()
			.path("/routes",
					(routes) -> routes.GET("/{id}", (request) -> ServerResponse.ok().body("got"))
						.add(ScopedRoutes.of("uploads",
								route().POST("/{id}", (request) -> ServerResponse.ok().body("posted")).build())))
			.build();
	}

}
