package dev.throttle.servlet;

import java.util.List;
import java.util.Optional;

import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.web.ErrorProperties;
import org.springframework.boot.autoconfigure.web.servlet.error.BasicErrorController;
import org.springframework.boot.web.servlet.error.DefaultErrorAttributes;
import org.springframework.boot.web.servlet.error.ErrorController;
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
 * Tests for {@link ApplicationHandlers}.
 */
class ApplicationHandlersTests {

	@Test
	void controllerOfTheApplicationIsOne() throws Exception {
		assertThat(ApplicationHandlers.contains(new HandlerMethod(new Object(), "toString"))).isTrue();
		assertThat(ApplicationHandlers.contains(new HandlerMethod(this, "toString"))).isTrue();
	}

	@Test
	void errorControllerIsNone() throws Exception {
		Object basic = new BasicErrorController(new DefaultErrorAttributes(), new ErrorProperties());
		assertThat(ApplicationHandlers.contains(new HandlerMethod(basic, "toString"))).isFalse();
		assertThat(ApplicationHandlers.contains(new HandlerMethod(new OwnErrorController(), "toString"))).isFalse();
		assertThat(ApplicationHandlers.contains(new HandlerMethod(new SubErrorController(), "toString"))).isFalse();
	}

	@Test
	void errorControllerThatTheApplicationBringsIsKnown() throws Exception {
		Object basic = new BasicErrorController(new DefaultErrorAttributes(), new ErrorProperties());
		assertThat(ApplicationHandlers.isOfErrorController(new HandlerMethod(basic, "toString"))).isFalse();
		assertThat(ApplicationHandlers.isOfErrorController(new HandlerMethod(new OwnErrorController(), "toString")))
			.isTrue();
		assertThat(ApplicationHandlers.isOfErrorController(new HandlerMethod(this, "toString"))).isFalse();
	}

	@Test
	void controllerOfSpringdocIsNone() throws Exception {
		Class<?> springdoc = new ByteBuddy().subclass(Object.class)
			.name("org.springdoc.webmvc.api.OpenApiWebMvcResource")
			.make()
			.load(getClass().getClassLoader())
			.getLoaded();
		Object controller = springdoc.getDeclaredConstructor().newInstance();
		assertThat(ApplicationHandlers.contains(new HandlerMethod(controller, "toString"))).isFalse();
	}

	@Test
	void functionalRouteIsOneButNotThatOfResources() {
		HandlerFunction<ServerResponse> route = (request) -> ServerResponse.ok().build();
		assertThat(ApplicationHandlers.contains(route)).isTrue();
		HandlerFunction<?> resource = RouterFunctions
			.resources((request) -> Optional.of(new ByteArrayResource(new byte[0])))
			.route(ServerRequest.create(new MockHttpServletRequest(), List.of()))
			.orElseThrow();
		assertThat(ApplicationHandlers.contains(resource)).isFalse();
	}

	@Test
	void whatIsNeitherIsNone() {
		assertThat(ApplicationHandlers.contains(new ResourceHttpRequestHandler())).isFalse();
	}

	static class OwnErrorController implements ErrorController {

	}

	static class SubErrorController extends OwnErrorController {

	}

}
