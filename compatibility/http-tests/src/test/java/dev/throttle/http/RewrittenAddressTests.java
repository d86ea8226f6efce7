package dev.throttle.http;

import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Stream;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
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
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ForwardedHeaderFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What rewrites the client's address before a request is counted is found at start: it is
 * refused beside the proxies of {@code throttle.client}, and else warned of.
 */
@ExtendWith(OutputCaptureExtension.class)
class RewrittenAddressTests {

	private static final String FILTER = "org.springframework.web.filter.ForwardedHeaderFilter";

	private static final String VALVE = "org.apache.catalina.valves.RemoteIpValve";

	@ParameterizedTest
	@ValueSource(classes = { FilterBean.class, Registration.class, Initializer.class, EngineValve.class,
			ContextValve.class })
	void rewriterIsRefusedBesideProxies(Class<?> rewriter, CapturedOutput output) {
		for (String proxies : new String[] { "num-proxies=1", "trusted-proxies=127.0.0.0/8" }) {
			assertThatThrownBy(() -> start(rewriter, "throttle.client." + proxies).close())
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageStartingWith("Forwarded headers are read twice: by 'throttle.client.")
				.hasMessageContaining(rewriter.getSimpleName().endsWith("Valve") ? VALVE : FILTER);
		}
		assertThat(output).contains("APPLICATION FAILED TO START");
	}

	@ParameterizedTest
	@ValueSource(strings = { "server.forward-headers-strategy=native", "server.forward-headers-strategy=framework",
			"spring.main.cloud-platform=kubernetes", "server.tomcat.remoteip.remote-ip-header=X-Real-IP" })
	void propertyThatRewritesIsRefusedBesideProxies(String property) {
		assertThatThrownBy(() -> start(Nothing.class, "throttle.client.num-proxies=1", property).close())
			.isInstanceOf(InvalidThrottleConfigurationException.class)
			.hasMessageStartingWith("Forwarded headers are read twice: by 'throttle.client.num-proxies'");
	}

	@Test
	void applicationThatIsRefusedNeverOpensItsPort() throws IOException {
		int port = freePort();
		assertThatThrownBy(
				() -> start(FilterBean.class, "throttle.client.num-proxies=1", "server.port=" + port).close())
			.isInstanceOf(InvalidThrottleConfigurationException.class);
		assertThatExceptionOfType(ConnectException.class)
			.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
	}

	@Test
	void platformThatTrustsForwardedHeadersByDefaultIsWarnedOf(CapturedOutput output) {
		try (RunningApplication application = start(Nothing.class, "spring.main.cloud-platform=kubernetes",
				"throttle.backend=memory", "logging.level.dev=info")) {
			assertThat(allowedOfForged(application)).isEqualTo(12);
			assertThat(warnings(output)).singleElement()
				.asString()
				.contains("Spring Boot sets 'server.forward-headers-strategy' to 'native' by default on kubernetes: "
						+ "Tomcat trusts X-Forwarded-For from every private address")
				.contains("an ingress that replaces that header (on Tomcat, an ingress that appends to it is safe too)")
				.contains("a node port, a sidecar or another pod")
				.contains(
						"Set 'server.forward-headers-strategy' to 'none' and set 'throttle.client.trusted-proxies' to the networks of the proxies");
			assertThat(output).contains(
					"or else by the address in forwarded headers, as Spring Boot sets 'server.forward-headers-strategy' to 'native' by default on kubernetes; ");
		}
		try (RunningApplication application = start(Nothing.class, "spring.main.cloud-platform=kubernetes",
				"throttle.backend=memory", "server.forward-headers-strategy=none",
				"throttle.client.trusted-proxies=10.0.0.0/8")) {
			assertThat(allowedOfForged(application)).isEqualTo(5);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { FilterBean.class, Registration.class, Initializer.class, EngineValve.class,
			ContextValve.class })
	void rewriterAloneIsWarnedOf(Class<?> rewriter, CapturedOutput output) {
		try (RunningApplication application = start(rewriter, "throttle.rates.user=5/min")) {
			assertThat(allowedOfForged(application)).isEqualTo(12);
		}
		assertThat(warnings(output)).singleElement()
			.asString()
			.contains(rewriter.getSimpleName().endsWith("Valve") ? VALVE : FILTER);
	}

	@Test
	void rewriterThatIsRightIsNotWarnedOf(CapturedOutput output) {
		start(FilterBean.class, "throttle.client.num-proxies=0").close();
		start(EngineValve.class, "throttle.client.num-proxies=0").close();
		assertThat(warnings(output)).isEmpty();
	}

	@Test
	void filterThatIsNotRegisteredDoesNotMatter(CapturedOutput output) {
		try (RunningApplication application = start(Disabled.class, "throttle.client.num-proxies=1")) {
			Caller caller = application.caller();
			for (int i = 0; i < 6; i++) {
				assertThat(
						caller.with("X-Forwarded-For", "198.51.100." + i + ", 203.0.113.7").get("/plain").statusCode())
					.isEqualTo((i < 5) ? 200 : 429);
			}
		}
		assertThat(warnings(output)).isEmpty();
	}

	private static long allowedOfForged(RunningApplication application) {
		Caller caller = application.caller();
		return Stream.iterate(1, (i) -> i + 1)
			.limit(12)
			.filter((i) -> caller.with("X-Forwarded-For", "203.0.113." + i).get("/plain").statusCode() == 200)
			.count();
	}

	private static Stream<String> warnings(CapturedOutput output) {
		return output.getAll().lines().filter((line) -> line.contains(" WARN ") && line.contains("DeploymentReport"));
	}

	private static RunningApplication start(Class<?> source, String... properties) {
		return RunningApplication.start(source,
				Stream.concat(Stream.of("throttle.rates.user=5/min"), Arrays.stream(properties))
					.toArray(String[]::new));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Nothing.class)
	static class FilterBean {

		@Bean
		ForwardedHeaderFilter forwarded() {
			return new OwnFilter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Nothing.class)
	static class Registration {

		@Bean
		FilterRegistrationBean<Filter> forwarded() {
			return new FilterRegistrationBean<>(new OwnFilter());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Nothing.class)
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
	@Import(Nothing.class)
	static class Initializer {

		@Bean
		ServletContextInitializer forwarded() {
			return (servletContext) -> servletContext.addFilter("forwarded", new OwnFilter())
				.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Nothing.class)
	static class EngineValve {

		@Bean
		WebServerFactoryCustomizer<WebServerFactory> valve() {
			return (factory) -> addValve(factory, "addEngineValves");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Nothing.class)
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

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
