package dev.throttle.handler;

import net.bytebuddy.ByteBuddy;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.web.ErrorProperties;
import org.springframework.boot.autoconfigure.web.servlet.error.BasicErrorController;
import org.springframework.boot.web.servlet.error.DefaultErrorAttributes;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.web.method.HandlerMethod;

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

	static class OwnErrorController implements ErrorController {

	}

	static class SubErrorController extends OwnErrorController {

	}

}
