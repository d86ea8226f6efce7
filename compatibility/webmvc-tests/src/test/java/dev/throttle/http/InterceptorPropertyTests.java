package dev.throttle.http;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The place of the throttles among the interceptors that the application adds.
 */
class InterceptorPropertyTests {

	@ParameterizedTest
	@ValueSource(strings = { "/tenants", "/route", "/later" })
	void interceptorsWithASmallerOrderRunBeforeTheThrottles(String path) {
		try (RunningApplication application = start(Application.class, "throttle.interceptor-order=1")) {
			Caller acme = application.caller().with("X-Tenant", "acme");
			assertThat(acme.get(path).statusCode()).isEqualTo(200);
			assertThat(acme.get(path).statusCode()).isEqualTo(200);
			assertThat(acme.get(path).statusCode()).isEqualTo(429);
			assertThat(application.caller().with("X-Tenant", "other").get(path).statusCode()).isEqualTo(200);
			assertThat(application.bean(Later.class).requests).as("the denied one stops before").hasValue(3);
			await().untilAsserted(() -> assertThat(application.bean(Semaphore.class).availablePermits()).isEqualTo(9));
		}
	}

	@Test
	void throttlesRunBeforeAllInterceptorsWithoutTheProperty() {
		try (RunningApplication application = start(Application.class)) {
			Caller acme = application.caller().with("X-Tenant", "acme");
			for (int i = 0; i < 4; i++) {
				assertThat(acme.get("/tenants").statusCode()).isEqualTo(200);
			}
		}
	}

	@Test
	void handlersOfOtherMappingsAreThrottledAnyhow() {
		try (RunningApplication application = start(OtherMapping.class, "throttle.interceptor-order=1",
				"throttle.rates.anon=2/min")) {
			Caller caller = application.caller();
			assertThat(caller.get("/other").body()).isEqualTo("other");
			assertThat(caller.get("/tenants").statusCode()).isEqualTo(200);
			assertThat(caller.get("/other").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void applicationWithoutConfigurersIsThrottledAnyhow() {
		try (RunningApplication application = start(WithoutConfigurers.class, "throttle.interceptor-order=1",
				"throttle.rates.anon=1/min")) {
			assertThat(application.caller().get("/tenants").statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/tenants").statusCode()).isEqualTo(429);
		}
	}

	private static RunningApplication start(Class<?> source, String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 1);
		all[properties.length] = "throttle.rates.tenant=2/min";
		return RunningApplication.start(source, all);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Tenants.class, Throttles.class })
	static class Application implements WebMvcConfigurer {

		private final Later later = new Later();

		@Bean
		Later later() {
			return this.later;
		}

		@Bean
		RouterFunction<ServerResponse> route() {
			return RouterFunctions.route().GET("/route", (request) -> ServerResponse.ok().body("route")).build();
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new TenantInterceptor());
			registry.addInterceptor(this.later).order(2);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherMapping extends Application {

		@Bean
		HandlerMapping otherMapping() throws NoSuchMethodException {
			RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping() {

				@Override
				protected boolean isHandler(Class<?> type) {
					return false;
				}

			};
			mapping.setOrder(Ordered.HIGHEST_PRECEDENCE);
			mapping.registerMapping(RequestMappingInfo.paths("/other").build(), new Other(),
					Other.class.getDeclaredMethod("other"));
			return mapping;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Tenants.class, Throttles.class })
	static class WithoutConfigurers extends WebMvcConfigurationSupport {

	}

	@Configuration(proxyBeanMethods = false)
	static class Throttles {

		@Bean
		BaseThrottle tenant() {
			return new SimpleRateThrottle("tenant") {

				@Override
				protected @Nullable Client client(ThrottleRequest request) {
					HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
					return (servletRequest != null)
							? Client.of("tenant", (String) servletRequest.getAttribute("tenant")) : null;
				}

			};
		}

		@Bean
		Semaphore places() {
			return new Semaphore(9);
		}

		@Bean
		BaseThrottle place(Semaphore places) {
			return (request) -> places.tryAcquire() ? Verdict.allow(places::release) : Verdict.deny();
		}

	}

	static class TenantInterceptor implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			request.setAttribute("tenant", request.getHeader("X-Tenant"));
			return true;
		}

	}

	static class Later implements HandlerInterceptor {

		private final AtomicInteger requests = new AtomicInteger();

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				this.requests.incrementAndGet();
			}
			return true;
		}

	}

	@RestController
	static class Tenants {

		@GetMapping("/tenants")
		String get() {
			return "tenants";
		}

		@GetMapping("/later")
		Callable<String> later() {
			return () -> "later";
		}

	}

	static class Other {

		@ResponseBody
		String other() {
			return "other";
		}

	}

}
