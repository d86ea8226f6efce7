package dev.throttle.http;

import java.util.List;
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
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is throttled under which path. The rate is 0, so that what is throttled is denied.
 */
class PathTests {

	/**
	 * Other spellings of a path, and paths that a server or a framework might take for
	 * it.
	 */
	private static final List<String> SPELLINGS = List.of("{path}", "/{path}", "//{path}", "{path}/", "{path};x=y",
			"{path};", "/;x=y{path}", "/.{path}", "/open/..{path}", "/open//..{path}", "/open/../{path}",
			"/open/..;{path}", "/open/..;x=y{path}", "/open;/..{path}", "/open;x=y/..{path}", "/open/%2e%2e{path}",
			"/open/.%2E{path}", "/open%2f..{path}", "/open/..%2f{path}", "/open/%252e%252e{path}", "/open\\..{path}",
			"/open/%5c..{path}", "/open/x/../..{path}", "{path};/open/x", "{path};/../open/x", "{path}%3b/open/x",
			"{path}%3B", "{path}/../open/../{path}", "{path}/../open/x", "{path}/x/../../open/x",
			"{path}/%2e%2e/open/x", "{path};/..;/open/x", "{path}?/open/x", "{path}#/open/x", "{path}%00", "{path}%20",
			"{path}%0a", "{path}/.", "{path}/x/..", "{path}/%2e", "{path}.json", "/open/%c0%ae%c0%ae{path}");

	@ParameterizedTest
	@CsvSource({ "/files/page.txt, 200", "/actuator/health, 200", "/actuator, 200", "/open/page, 429",
			"/functional, 429" })
	void onlyTheApplicationsHandlersAreThrottledByDefault(String path, int status) {
		assertThat(Defaults.application.caller().get(path).statusCode()).isEqualTo(status);
	}

	@Test
	void errorsAreNotThrottledByDefault() {
		assertThat(Defaults.application.caller().get("/nowhere").statusCode()).isEqualTo(404);
		assertThat(Defaults.application.caller().get("/error").statusCode()).isEqualTo(500);
	}

	@Test
	void includedPathsAreThrottledWhateverHandlesThem() {
		try (RunningApplication application = start("throttle.include-paths=/files/**,/actuator/**")) {
			Caller caller = application.caller();
			assertThat(Stream.of("/files/page.txt", "/files/none.txt", "/functional", "/actuator/health", "/actuator")
				.map((path) -> caller.get(path).statusCode())).containsOnly(429);
			assertThat(caller.get("/files/page.txt").body()).contains("\"violated-policies\":[\"user\"]");
			assertThat(caller.get("/error").statusCode()).isEqualTo(500);
			assertNoSpellingReaches("a file", "", "/files/page.txt", application);
			assertNoSpellingReaches("functional", "", "/functional", application);
			assertNoSpellingReaches("UP", "", "/actuator/health", application);
		}
	}

	@Test
	void everythingIsThrottledWhereAllPathsAreIncludedButExcludedPathsWin() {
		try (RunningApplication application = start("throttle.include-paths=/**",
				"throttle.exclude-paths=/open/**,/actuator/health,files/*.txt")) {
			Caller caller = application.caller();
			assertThat(caller.get("/nowhere").statusCode()).isEqualTo(429);
			assertThat(caller.get("/error").statusCode()).isEqualTo(429);
			assertThat(caller.get("/functional").statusCode()).isEqualTo(429);
			assertThat(caller.get("/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/open/page").body()).isEqualTo("open");
			assertThat(caller.get("/open/page").headers().firstValue("X-RateLimit-Limit")).isEmpty();
			assertThat(caller.get("/%6fpen/page;x=y").body()).isEqualTo("open");
			assertThat(caller.get("/actuator/health").statusCode()).isEqualTo(200);
			assertThat(caller.get("/actuator").statusCode()).isEqualTo(429);
			assertThat(caller.get("/files/page.txt").statusCode()).isEqualTo(200);
			assertNoSpellingReaches("closed", "", "/closed", application);
			assertNoSpellingReaches("functional", "", "/functional", application);
		}
	}

	@Test
	void pathsAreThoseWithinTheApplication() {
		try (RunningApplication application = start("server.servlet.context-path=/app",
				"throttle.include-paths=/files/**", "throttle.exclude-paths=/open/**")) {
			Caller caller = application.caller();
			assertThat(caller.get("/app/files/page.txt").statusCode()).isEqualTo(429);
			assertThat(caller.get("/app/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/app/functional").statusCode()).isEqualTo(429);
			assertThat(caller.get("/app/open/page").statusCode()).isEqualTo(200);
			assertNoSpellingReaches("closed", "/app", "/closed", application);
			assertNoSpellingReaches("closed", "/%61pp", "/closed", application);
			assertNoSpellingReaches("closed", "/app;x=y", "/closed", application);
			assertNoSpellingReaches("closed", "/open/../app", "/closed", application);
			assertNoSpellingReaches("a file", "/app", "/files/page.txt", application);
			assertNoSpellingReaches("a file", "//app", "/files/page.txt", application);
		}
	}

	@Test
	void pathsAreThoseWithinTheServlet() {
		try (RunningApplication application = start("spring.mvc.servlet.path=/api", "throttle.include-paths=/files/**",
				"throttle.exclude-paths=/open/**")) {
			Caller caller = application.caller();
			assertThat(caller.get("/api/files/page.txt").statusCode()).isEqualTo(429);
			assertThat(caller.get("/api/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/api/open/page").statusCode()).isEqualTo(200);
			assertNoSpellingReaches("closed", "/api", "/closed", application);
			assertNoSpellingReaches("a file", "/api", "/files/page.txt", application);
		}
	}

	@Test
	void pathsAreCheckedAlikeWhereHandlersAreMatchedByAntPatterns() {
		try (RunningApplication application = start("spring.mvc.pathmatch.matching-strategy=ant-path-matcher",
				"throttle.include-paths=/files/**", "throttle.exclude-paths=/open/**")) {
			Caller caller = application.caller();
			assertThat(caller.get("/files/page.txt").statusCode()).isEqualTo(429);
			assertThat(caller.get("/closed").statusCode()).isEqualTo(429);
			assertThat(caller.get("/open/page").statusCode()).isEqualTo(200);
			assertNoSpellingReaches("closed", "", "/closed", application);
			assertNoSpellingReaches("a file", "", "/files/page.txt", application);
		}
	}

	@Test
	void pathsThatThrottlesSeeAreTheSameInAllSpellings() {
		try (RunningApplication application = RunningApplication.start(ByPath.class, "throttle.rates.path=1/hour",
				"server.servlet.context-path=/app")) {
			assertThat(application.caller().get("/app/closed").statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/app/open/page").statusCode()).isEqualTo(200);
			assertNoSpellingReaches("closed page", "/app", "/closed", application);
			assertNoSpellingReaches("closed page", "/%61pp;x=y", "/%63losed", application);
		}
	}

	@Test
	void actuatorOnAPortOfItsOwnIsThrottledWhereIncluded() {
		try (RunningApplication application = start("management.server.port=0",
				"throttle.include-paths=/actuator/**")) {
			Caller caller = Caller.of(application.port("local.management.port"));
			assertThat(caller.get("/actuator/health").statusCode()).isEqualTo(429);
			assertThat(caller.get("/actuator/health").body()).contains("\"violated-policies\":[\"user\"]");
		}
	}

	/**
	 * @param root where the application is
	 * @param path the path that is throttled within it
	 */
	private static void assertNoSpellingReaches(String content, String root, String path,
			RunningApplication application) {
		assertThat(SPELLINGS.stream().map((spelling) -> root + spelling.replace("{path}", path)).filter((spelling) -> {
			try (RawConnection connection = application.caller().connect()) {
				RawConnection.Answer answer = connection.exchange("GET " + spelling);
				return answer.status() == 200 && answer.body().contains(content);
			}
		})).as("spellings of " + root + path + " that are not throttled").isEmpty();
	}

	private static RunningApplication start(String... properties) {
		String[] all = Stream.concat(Stream.of(properties), Stream.of("throttle.rates.user=0/hour"))
			.toArray(String[]::new);
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
	static class Application {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

		@Bean
		RouterFunction<ServerResponse> functional() {
			return RouterFunctions.route()
				.GET("/functional", (request) -> ServerResponse.ok().body("functional"))
				.build();
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
