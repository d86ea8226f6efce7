package dev.throttle.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is throttled under which path of Spring MVC: WebFlux has neither a path of its
 * servlet nor Ant patterns nor {@code /error}, and never counts requests of a separate
 * management port.
 */
class ServletPathTests {

	@Test
	void errorsAreThrottledOnlyWhereIncluded() {
		try (RunningApplication application = PathTests.start("throttle.include-paths=/files/**")) {
			assertThat(application.caller().get("/error").statusCode()).isEqualTo(500);
		}
		try (RunningApplication application = PathTests.start("throttle.include-paths=/**")) {
			assertThat(application.caller().get("/error").statusCode()).isEqualTo(429);
		}
	}

	@Test
	void pathsAreThoseWithinTheServlet() {
		try (RunningApplication application = PathTests.start("spring.mvc.servlet.path=/api",
				"throttle.include-paths=/files/**", "throttle.exclude-paths=/open/**")) {
			Caller caller = application.caller();
			assertThat(caller.get("/api/files/page.txt").statusCode()).isEqualTo(429);
			assertThat(caller.get("/api/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/api/open/page").statusCode()).isEqualTo(200);
			PathSpellings.assertNoneReaches("closed", "/api", "/closed", application);
			PathSpellings.assertNoneReaches("a file", "/api", "/files/page.txt", application);
		}
	}

	@Test
	void pathsAreCheckedAlikeWhereHandlersAreMatchedByAntPatterns() {
		try (RunningApplication application = PathTests.start("spring.mvc.pathmatch.matching-strategy=ant-path-matcher",
				"throttle.include-paths=/files/**", "throttle.exclude-paths=/open/**")) {
			Caller caller = application.caller();
			assertThat(caller.get("/files/page.txt").statusCode()).isEqualTo(429);
			assertThat(caller.get("/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/open/page").statusCode()).isEqualTo(200);
			PathSpellings.assertNoneReaches("closed", "", "/closed", application);
			PathSpellings.assertNoneReaches("a file", "", "/files/page.txt", application);
		}
	}

	@Test
	void actuatorOnAPortOfItsOwnIsThrottledWhereIncluded() {
		try (RunningApplication application = PathTests.start("management.server.port=0",
				"throttle.include-paths=/actuator/**")) {
			Caller caller = Caller.of(application.port("local.management.port"));
			assertThat(caller.get("/actuator/health").statusCode()).isEqualTo(429);
			assertThat(caller.get("/actuator/health").body()).contains("\"violated-policies\":[\"user\"]");
		}
	}

}
