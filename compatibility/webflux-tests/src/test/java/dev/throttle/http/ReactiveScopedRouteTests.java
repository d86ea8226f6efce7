package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.reactive.ScopedRoutes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

/**
 * Functional routes with scopes of their own.
 */
class ReactiveScopedRouteTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=5/min",
				"throttle.rates.uploads=2/min", "throttle.rates.large=1/min", "throttle.headers=both",
				"management.endpoints.web.exposure.include=throttles");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/uploads", "/api/uploads", "/filtered/uploads" })
	void scopeIsCountedInAdditionToTheDefaults(String path) {
		Caller caller = application.caller().asNewcomer();
		HttpResponse<String> first = caller.get(path);
		assertThat(first.headers().allValues("RateLimit")).containsExactly("\"user\";r=4;t=60, \"uploads\";r=1;t=60");
		assertThat(statuses(caller, path, 2)).containsExactly(200, 429);
		assertThat(caller.get(path).body()).contains("\"violated-policies\":[\"uploads\"]");
		assertThat(caller.remaining("/plain")).as("denied requests are recorded nowhere").isEqualTo(2);
	}

	@Test
	void routesWithOneScopeShareItsCount() {
		Caller caller = application.caller().asNewcomer();
		assertThat(statuses(caller, "/uploads", 1)).containsExactly(200);
		assertThat(statuses(caller, "/api/uploads", 2)).containsExactly(200, 429);
	}

	@Test
	void scopesAddUp() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/api/large").headers().allValues("RateLimit"))
			.containsExactly("\"user\";r=4;t=60, \"uploads\";r=1;t=60, \"large\";r=0;t=60");
		assertThat(caller.get("/api/large").body()).contains("\"violated-policies\":[\"large\"]");
		assertThat(statuses(caller, "/api/uploads", 2)).containsExactly(200, 429);
	}

	@Test
	void otherRoutesHaveOnlyTheDefaults() {
		Caller caller = application.caller().asNewcomer();
		assertThat(statuses(caller, "/plain", 6)).containsExactly(200, 200, 200, 200, 200, 429);
	}

	@Test
	void endpointListsTheScopesOfRoutes() {
		assertThat(application.caller().get("/actuator/throttles").body()).contains(
				"\"mappings\":[\"GET && /plain\"],\"reason\":\"default\",\"throttles\":[\"userRateThrottle\"],\"scopes\":{}}")
			.contains(
					"\"mappings\":[\"/api && GET && /large\"],\"reason\":\"ScopedRoutes.of(\\\"uploads\\\", ...), ScopedRoutes.of(\\\"large\\\", ...)\",\"throttles\":[\"userRateThrottle\",\"scopedRateThrottle\"],\"scopes\":{\"uploads\":");
	}

	@Test
	void scopeWithoutARateStopsTheStart() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> RunningApplication.start(Application.class, "throttle.rates.large=1/min",
					"throttle.rates.upload=2/min"))
			.withMessageContaining(
					"ScopedRoutes.of(\"uploads\", ...) declares the scope 'uploads', but there is no rate for it (did you mean 'upload'?).");
	}

	@Test
	void scopeOfADefaultThrottleStopsTheStart() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> RunningApplication.start(CountedTwice.class, "throttle.rates.user=5/min"))
			.withMessageContaining(
					"ScopedRoutes.of(\"user\", ...) declares the scope of the throttle 'userRateThrottle'");
	}

	@Test
	void scopeOfRoutesThatAreAllExcludedStopsTheStart() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> RunningApplication.start(Application.class, "throttle.rates.uploads=2/min",
					"throttle.rates.large=1/min", "throttle.exclude-paths=/api/large"))
			.withMessageContaining("ScopedRoutes.of(\"large\", ...) has no effect: 'throttle.exclude-paths'");
	}

	@Test
	void scopesCountNothingWhereThrottlingIsOff() {
		try (RunningApplication off = RunningApplication.start(Application.class, "throttle.enabled=false")) {
			assertThat(statuses(off.caller(), "/api/large", 3)).containsOnly(200);
		}
	}

	private static List<Integer> statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> caller.get(path).statusCode()).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(UserFilter.class)
	static class Application {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return route().add(ScopedRoutes.of("uploads", plain("/uploads")))
				.path("/api",
						(api) -> api.add(ScopedRoutes.of("uploads",
								route().add(plain("/uploads")).add(ScopedRoutes.of("large", plain("/large"))).build())))
				.add(plain("/plain"))
				.build();
		}

		@Bean
		RouterFunction<ServerResponse> filteredRoutes() {
			return route().path("/filtered", (filtered) -> filtered.add(ScopedRoutes.of("uploads", plain("/uploads"))))
				.filter((request, next) -> next.handle(request))
				.build();
		}

		private static RouterFunction<ServerResponse> plain(String path) {
			return route().GET(path, (request) -> ServerResponse.ok().bodyValue("stored")).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class CountedTwice {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return ScopedRoutes.of("user", Application.plain("/plain"));
		}

	}

}
