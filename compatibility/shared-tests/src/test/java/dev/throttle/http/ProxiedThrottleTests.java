package dev.throttle.http;

import java.util.Arrays;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.handler.ThrottleRegistry;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Throttles behind proxies, as aspects and annotations such as {@code @Cacheable} make
 * them.
 */
class ProxiedThrottleTests {

	private static final String BLOCKED = "X-Test-Blocked";

	private static final String[] RATES = { "throttle.rates.anon=2/hour", "throttle.rates.user=3/hour",
			"throttle.rates.tenant=1/hour", "throttle.rates.uploads=1/hour", "throttle.rates.address=100/hour",
			"throttle.rates.api-key=100/hour", "throttle.filter.api-key-header=X-API-Key",
			"management.endpoints.web.exposure.include=throttles" };

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void everyThrottleCountsBehindItsProxy(boolean ofClass) {
		try (RunningApplication application = RunningApplication.start(Application.class, withProxies(ofClass))) {
			assertThat(application.bean(ThrottleRegistry.class).all()).hasSize(7)
				.extracting(Step::throttle)
				.allMatch(ofClass ? AopUtils::isCglibProxy : AopUtils::isJdkDynamicProxy);
			Caller anybody = application.caller();
			assertThat(statuses(anybody, "/plain", 3)).as("anon").containsExactly(200, 200, 429);
			Caller alice = anybody.as("alice");
			assertThat(statuses(alice, "/uploads", 2)).as("uploads").containsExactly(200, 429);
			assertThat(statuses(alice, "/plain", 3)).as("user").containsExactly(200, 200, 429);
			Caller tenant = anybody.as("bob").with("X-Tenant", "acme");
			assertThat(statuses(tenant, "/plain", 2)).as("tenant").containsExactly(200, 429);
			assertThat(tenant.get("/plain").body()).contains("\"violated-policies\":[\"tenant\"]");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void endpointKnowsTheClientsOfThrottlesBehindProxies(boolean ofClass) {
		try (RunningApplication application = RunningApplication.start(Application.class, withProxies(ofClass))) {
			Caller caller = application.caller();
			caller.as("alice").with("X-Tenant", "acme").get("/uploads");
			assertThat(caller.get("/actuator/throttles/user?client=user:alice").body()).contains("\"used\":1");
			assertThat(caller.get("/actuator/throttles/burst?client=user:alice").body()).contains("\"used\":1");
			assertThat(caller.get("/actuator/throttles/uploads?client=user:alice").body()).contains("\"used\":1");
			assertThat(caller.get("/actuator/throttles/tenant?client=tenant:acme").body()).contains("\"used\":1");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void adviceOnTheCheckOfAThrottleRuns(boolean ofClass) {
		try (RunningApplication application = RunningApplication.start(Application.class, withProxies(ofClass))) {
			Caller caller = application.caller().as("alice");
			assertThat(caller.get("/plain").statusCode()).isEqualTo(200);
			assertThat(caller.with(BLOCKED, "true").get("/plain").statusCode()).isEqualTo(429);
		}
	}

	private static String[] withProxies(boolean ofClass) {
		String[] properties = Arrays.copyOf(RATES, RATES.length + 1);
		properties[RATES.length] = "proxies.of-class=" + ofClass;
		return properties;
	}

	private static int[] statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).map((i) -> caller.get(path).statusCode()).toArray();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableCaching
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		static BeanNameAutoProxyCreator proxies(Environment environment) {
			BeanNameAutoProxyCreator proxies = new BeanNameAutoProxyCreator();
			proxies.setBeanNames("*RateThrottle");
			proxies.setInterceptorNames("denyBlocked");
			proxies.setProxyTargetClass(environment.getRequiredProperty("proxies.of-class", Boolean.class));
			return proxies;
		}

		/**
		 * Denies the requests that have a header, and passes others on.
		 */
		@Bean
		static MethodInterceptor denyBlocked() {
			return (invocation) -> (invocation.getMethod().getName().equals("check")
					&& invocation.getArguments()[0] instanceof ThrottleRequest request
					&& "true".equals(request.header(BLOCKED))) ? Verdict.deny() : invocation.proceed();
		}

		@Bean
		CacheManager cacheManager() {
			return new ConcurrentMapCacheManager();
		}

		@Bean
		UserRateThrottle burstRateThrottle() {
			return new UserRateThrottle("burst", "100/sec");
		}

		@Bean
		TenantThrottle tenantRateThrottle() {
			return new TenantThrottle();
		}

	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

		@Cacheable("plans")
		public String planOf(String tenant) {
			return tenant;
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "stored";
		}

	}

}
