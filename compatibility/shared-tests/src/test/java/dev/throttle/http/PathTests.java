package dev.throttle.http;

import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is throttled under which path. The rate is 0, so that what is throttled is denied.
 */
class PathTests {

	@ParameterizedTest
	@CsvSource({ "/files/page.txt, 200", "/actuator/health, 200", "/actuator, 200", "/open/page, 429",
			"/functional, 429" })
	void onlyTheApplicationsHandlersAreThrottledByDefault(String path, int status) {
		assertThat(Defaults.application.caller().get(path).statusCode()).isEqualTo(status);
	}

	@Test
	void unknownPathsAreNotThrottledByDefault() {
		assertThat(Defaults.application.caller().get("/nowhere").statusCode()).isEqualTo(404);
	}

	@Test
	void includedPathsAreThrottledWhateverHandlesThem() {
		try (RunningApplication application = start("throttle.include-paths=/files/**,/actuator/**")) {
			Caller caller = application.caller();
			assertThat(Stream.of("/files/page.txt", "/files/none.txt", "/functional", "/actuator/health", "/actuator")
				.map((path) -> caller.get(path).statusCode())).containsOnly(429);
			assertThat(caller.get("/files/page.txt").body()).contains("\"violated-policies\":[\"user\"]");
			PathSpellings.assertNoneReaches("a file", "", "/files/page.txt", application);
			PathSpellings.assertNoneReaches("functional", "", "/functional", application);
			PathSpellings.assertNoneReaches("UP", "", "/actuator/health", application);
		}
	}

	@Test
	void everythingIsThrottledWhereAllPathsAreIncludedButExcludedPathsWin() {
		try (RunningApplication application = start("throttle.include-paths=/**",
				"throttle.exclude-paths=/open/**,/actuator/health,files/*.txt")) {
			Caller caller = application.caller();
			assertThat(caller.get("/nowhere").statusCode()).isEqualTo(429);
			assertThat(caller.get("/functional").statusCode()).isEqualTo(429);
			assertThat(caller.get("/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/open/page").body()).isEqualTo("open");
			assertThat(caller.get("/open/page").headers().firstValue("X-RateLimit-Limit")).isEmpty();
			assertThat(caller.get("/%6fpen/page;x=y").body()).isEqualTo("open");
			assertThat(caller.get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(caller.get("/actuator").statusCode()).isEqualTo(429);
			assertThat(caller.get("/files/page.txt").statusCode()).isEqualTo(200);
			PathSpellings.assertNoneReaches("closed", "", "/closed", application);
			PathSpellings.assertNoneReaches("functional", "", "/functional", application);
		}
	}

	@Test
	void pathsAreThoseWithinTheApplication() {
		try (RunningApplication application = start(WebStack.BASE_PATH + "=/app",
				"throttle.include-paths=/files/**", "throttle.exclude-paths=/open/**")) {
			Caller caller = application.caller();
			assertThat(caller.get("/app/files/page.txt").statusCode()).isEqualTo(429);
			assertThat(caller.get("/app/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/app/closed").body()).contains("\"instance\":\"/app/closed\"");
			assertThat(caller.get("/app/functional").statusCode()).isEqualTo(429);
			assertThat(caller.get("/app/open/page").statusCode()).isEqualTo(200);
			PathSpellings.assertNoneReaches("closed", "/app", "/closed", application);
			PathSpellings.assertNoneReaches("closed", "/%61pp", "/closed", application);
			PathSpellings.assertNoneReaches("closed", "/app;x=y", "/closed", application);
			PathSpellings.assertNoneReaches("closed", "/open/../app", "/closed", application);
			PathSpellings.assertNoneReaches("a file", "/app", "/files/page.txt", application);
			PathSpellings.assertNoneReaches("a file", "//app", "/files/page.txt", application);
		}
	}

	@Test
	void pathsThatThrottlesSeeAreTheSameInAllSpellings() {
		try (RunningApplication application = RunningApplication.start(ByPath.class, "throttle.rates.path=1/hour",
				WebStack.BASE_PATH + "=/app")) {
			assertThat(application.caller().get("/app/closed").statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/app/open/page").statusCode()).isEqualTo(200);
			PathSpellings.assertNoneReaches("closed page", "/app", "/closed", application);
			PathSpellings.assertNoneReaches("closed page", "/%61pp;x=y", "/%63losed", application);
		}
	}

	static RunningApplication start(String... properties) {
		String[] all = Stream.concat(Stream.of(properties), Stream.of("throttle.rates.user=0/hour",
				"management.endpoints.web.exposure.include=health")).toArray(String[]::new);
		return RunningApplication.start(Application.class, all);
	}

	/**
	 * The application with nothing configured, started once.
	 */
	private static final class Defaults {

		private static final RunningApplication application = start();

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(WebStack.Route.class)
	static class Application {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByPath extends Application {

		@Bean
		SimpleRateThrottle pathThrottle() {
			return new SimpleRateThrottle("path") {

				@Override
				protected @Nullable Client client(ThrottleRequest request) {
					return Client.of("path", request.path());
				}

			};
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/open/page")
		String open() {
			return "open";
		}

		@GetMapping("/closed")
		String closed() {
			return "closed page";
		}

		@GetMapping("/closed/{*rest}")
		String closedRest() {
			return "closed rest";
		}

	}

}
