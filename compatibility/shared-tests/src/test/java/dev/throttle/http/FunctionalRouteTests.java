package dev.throttle.http;

import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that has nothing but functional routes.
 */
@ExtendWith(OutputCaptureExtension.class)
class FunctionalRouteTests {

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = start("throttle.rates.anon=2/min", "throttle.rates.user=2/min",
				"management.endpoints.web.exposure.include=throttles");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static RunningApplication start(String... properties) {
		return RunningApplication.start(RoutedApplication.class, properties);
	}

	@Test
	void defaultsApplyToRoutes() {
		assertThat(statuses(application.caller(), "/functional", 3)).containsExactly(200, 200, 429);
	}

	@Test
	void defaultsApplyToNestedRoutesAndBehindFilters() {
		assertThat(statuses(application.caller().asNewcomer(), "/api/nested", 3)).containsExactly(200, 200, 429);
		assertThat(statuses(application.caller().asNewcomer(), "/filtered", 3)).containsExactly(200, 200, 429);
	}

	@Test
	void defaultsApplyToRouterFunctionsThatAreLambdas() {
		assertThat(statuses(application.caller().asNewcomer(), "/lambda", 3)).containsExactly(200, 200, 429);
	}

	@Test
	void staticResourcesAreNotCounted() {
		Caller caller = application.caller().asNewcomer();
		assertThat(statuses(caller, "/resource", 3)).containsOnly(200);
		assertThat(statuses(caller, "/resources/files/page.txt", 3)).containsOnly(200);
		assertThat(statuses(caller, "/files/page.txt", 3)).containsOnly(200);
	}

	@Test
	void endpointListsRoutes() {
		assertThat(application.caller().get("/actuator/throttles").body()).contains("{\"handler\":\"route of "
				+ RoutedApplication.class.getName()
				+ "\",\"mappings\":[\"GET && /functional\"],\"reason\":\"default\",\"throttles\":[\"anonRateThrottle\",\"userRateThrottle\"],\"scopes\":{}}")
			.contains("\"mappings\":[\"/api && GET && /nested\"]")
			.contains("\"mappings\":[\"GET && /filtered\"]")
			.contains("{\"handler\":\"routes of " + RoutedApplication.class.getName() + "\",\"mappings\":[],")
			.doesNotContain("resource");
	}

	@Test
	void startReportCountsRoutes(CapturedOutput output) {
		start("throttle.rates.anon=2/min", "logging.level.dev.throttle=debug",
				"throttle.exclude-paths=/api/**,/functional")
			.close();
		assertThat(output).contains("Throttling 2 of 4 handlers: anonRateThrottle 2, ")
			.contains("[GET && /filtered] route of " + RoutedApplication.class.getName() + ": [anonRateThrottle] (default)")
			.contains("[GET && /functional] route of " + RoutedApplication.class.getName() + ": [] (throttle.exclude-paths)")
			.contains("[/api && GET && /nested] route of " + RoutedApplication.class.getName()
					+ ": [] (throttle.exclude-paths)");
	}

	private static List<Integer> statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).mapToObj((i) -> caller.get(path).statusCode()).toList();
	}

}
