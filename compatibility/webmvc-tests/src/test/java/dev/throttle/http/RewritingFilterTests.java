package dev.throttle.http;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.EnumSet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.filter.ForwardedHeaderFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The filters and valves that rewrite the client's address are found however they are
 * registered with the servlet container, which WebFlux does not have.
 */
@ExtendWith(OutputCaptureExtension.class)
class RewritingFilterTests {

	private static final String FILTER = "org.springframework.web.filter.ForwardedHeaderFilter";

	private static final String VALVE = "org.apache.catalina.valves.RemoteIpValve";

	@ParameterizedTest
	@ValueSource(classes = { Registration.class, Initializer.class, EngineValve.class, ContextValve.class })
	void rewriterIsRefusedBesideProxies(Class<?> rewriter) {
		RewrittenAddressTests.assertRefused(rewriter, rewriter.getSimpleName().endsWith("Valve") ? VALVE : FILTER);
	}

	@ParameterizedTest
	@ValueSource(classes = { Registration.class, Initializer.class, EngineValve.class, ContextValve.class })
	void rewriterAloneIsWarnedOf(Class<?> rewriter, CapturedOutput output) {
		RewrittenAddressTests.assertWarnedOf(rewriter, rewriter.getSimpleName().endsWith("Valve") ? VALVE : FILTER,
				output);
	}

	@Test
	void valveThatIsRightIsNotWarnedOf(CapturedOutput output) {
		RewrittenAddressTests.start(EngineValve.class, "throttle.client.num-proxies=0").close();
		assertThat(RewrittenAddressTests.warnings(output)).isEmpty();
	}

	@Test
	void filterThatIsNotRegisteredDoesNotMatter(CapturedOutput output) {
		try (RunningApplication application = RewrittenAddressTests.start(Disabled.class,
				"throttle.client.num-proxies=1")) {
			Caller caller = application.caller();
			for (int i = 0; i < 6; i++) {
				assertThat(
						caller.with("X-Forwarded-For", "198.51.100." + i + ", 203.0.113.7").get("/plain").statusCode())
					.isEqualTo((i < 5) ? 200 : 429);
			}
		}
		assertThat(RewrittenAddressTests.warnings(output)).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(RewrittenAddressTests.Application.class)
	static class Registration {

		@Bean
		FilterRegistrationBean<Filter> forwarded() {
			return new FilterRegistrationBean<>(new OwnFilter());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(RewrittenAddressTests.Application.class)
	static class Disabled {

		@Bean
		ForwardedHeaderFilter forwarded() {
			return new ForwardedHeaderFilter();
		}

		@Bean
		FilterRegistrationBean<Filter> registration(ForwardedHeaderFilter forwarded) {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(forwarded);
			registration.setEnabled(false);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(RewrittenAddressTests.Application.class)
	static class Initializer {

		@Bean
		ServletContextInitializer forwarded() {
			return (servletContext) -> servletContext.addFilter("forwarded", new OwnFilter())
				.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(RewrittenAddressTests.Application.class)
	static class EngineValve {

		@Bean
		WebServerFactoryCustomizer<WebServerFactory> valve() {
			return (factory) -> addValve(factory, "addEngineValves");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(RewrittenAddressTests.Application.class)
	static class ContextValve {

		@Bean
		WebServerFactoryCustomizer<WebServerFactory> valve() {
			return (factory) -> addValve(factory, "addContextValves");
		}

	}

	/**
	 * Add the valve to a factory whose type has another place in each line of Spring
	 * Boot.
	 */
	private static void addValve(WebServerFactory factory, String method) {
		Class<?> valve = ClassUtils.resolveClassName("org.apache.catalina.Valve", null);
		Object valves = Array.newInstance(valve, 1);
		Array.set(valves, 0, BeanUtils.instantiateClass(ClassUtils.resolveClassName(VALVE, null)));
		Method add = ReflectionUtils.findMethod(factory.getClass(), method, valves.getClass());
		ReflectionUtils.invokeMethod(add, factory, valves);
	}

	static class OwnFilter extends ForwardedHeaderFilter {

	}

}
