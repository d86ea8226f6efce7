package dev.throttle.servlet;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FunctionalRoutes}.
 */
class FunctionalRoutesTests {

	@Test
	void functionalRouteIsOneButNotThatOfResources() {
		HandlerFunction<ServerResponse> route = (request) -> ServerResponse.ok().build();
		assertThat(FunctionalRoutes.isRoute(route)).isTrue();
		HandlerFunction<?> resource = RouterFunctions
			.resources((request) -> Optional.of(new ByteArrayResource(new byte[0])))
			.route(ServerRequest.create(new MockHttpServletRequest(), List.of()))
			.orElseThrow();
		assertThat(FunctionalRoutes.isRoute(resource)).isFalse();
	}

	@Test
	void whatIsNeitherIsNone() throws Exception {
		assertThat(FunctionalRoutes.isRoute(new ResourceHttpRequestHandler())).isFalse();
		assertThat(FunctionalRoutes.isRoute(new HandlerMethod(this, "toString"))).isFalse();
	}

}
