package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Functional routes with scopes of their own.
 */
class ScopedRouteTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(ScopedRoutesApplication.class, "throttle.rates.user=5/min",
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
			.isThrownBy(() -> RunningApplication.start(ScopedRoutesApplication.class, "throttle.rates.large=1/min",
					"throttle.rates.upload=2/min"))
			.withMessageContaining(
					"ScopedRoutes.of(\"uploads\", ...) declares the scope 'uploads', but there is no rate for it (did you mean 'upload'?).");
	}

	@Test
	void scopeOfADefaultThrottleStopsTheStart() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> RunningApplication.start(ScopedRoutesApplication.class, "throttle.rates.user=5/min",
					"throttle.rates.uploads=2/min", "scope.of-large=user"))
			.withMessageContaining(
					"ScopedRoutes.of(\"user\", ...) declares the scope of the throttle 'userRateThrottle'");
	}

	@Test
	void scopeOfRoutesThatAreAllExcludedStopsTheStart() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> RunningApplication.start(ScopedRoutesApplication.class, "throttle.rates.uploads=2/min",
					"throttle.rates.large=1/min", "throttle.exclude-paths=/api/large"))
			.withMessageContaining("ScopedRoutes.of(\"large\", ...) has no effect: 'throttle.exclude-paths'");
	}

	@Test
	void scopesCountNothingWhereThrottlingIsOff() {
		try (RunningApplication off = RunningApplication.start(ScopedRoutesApplication.class,
				"throttle.enabled=false")) {
			assertThat(statuses(off.caller(), "/api/large", 3)).containsOnly(200);
		}
	}

	private static List<Integer> statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> caller.get(path).statusCode()).toList();
	}

}
