package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.limiter.RateLimiters;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Limits on methods that handlers call, and on those of Spring GraphQL.
 */
class MethodTests {

	@Test
	void methodWithoutAKeyCountsTheUserOfTheRequestAndTheAddressOfAnAnonymousOne() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.exports=2/hour")) {
			Caller anyone = application.caller();
			for (Caller caller : new Caller[] { anyone.as("ada"), anyone.as("bob"), anyone }) {
				assertThat(caller.get("/export").body()).isEqualTo("exported");
				assertThat(caller.get("/export").statusCode()).isEqualTo(200);
				HttpResponse<String> denied = caller.get("/export");
				assertThat(denied.statusCode()).isEqualTo(429);
				assertThat(denied.headers().firstValue("Retry-After")).isPresent();
				assertThat(denied.body()).contains("\"violated-policies\":[\"exports\"]");
			}
			assertThat(application.bean(RateLimiters.class).scope("exports").tryAcquire(Client.user("ada")).isAllowed())
				.isFalse();
			assertThat(application.bean(RateLimiters.class).scope("exports").tryAcquire(Client.ALL).isAllowed())
				.isTrue();
		}
	}

	@Test
	void handlerOfAProxiedControllerIsCountedOnce() {
		try (RunningApplication application = RunningApplication.start(Proxied.class, "throttle.rates.exports=2/hour",
				"throttle.rates.jobs=1/hour")) {
			Caller caller = application.caller();
			assertThat(IntStream.range(0, 3).map((i) -> caller.get("/both").statusCode())).containsExactly(200, 200,
					429);
			assertThat(application.bean(Both.class).job()).isEqualTo("done");
			assertThat(catchThrowable(() -> application.bean(Both.class).job()))
				.isInstanceOf(ThrottledException.class);
		}
	}

	@Test
	void queryOfGraphQlIsLimited() {
		try (RunningApplication application = RunningApplication.start(Queries.class, "throttle.rates.greetings=2/min",
				"spring.profiles.active=graphql", "spring.graphql.schema.locations=classpath:graphql-tests/")) {
			Caller caller = application.caller();
			for (int i = 0; i < 2; i++) {
				assertThat(caller.post("/graphql", "{\"query\":\"{greeting}\"}").body())
					.isEqualTo("{\"data\":{\"greeting\":\"hello\"}}");
			}
			assertThat(caller.post("/graphql", "{\"query\":\"{greeting}\"}").body()).contains("\"errors\"")
				.contains("\"greeting\":null");
			assertThat(caller.as("ada").post("/graphql", "{\"query\":\"{greeting}\"}").body()).contains("hello");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Exports.class, ExportHandlers.class })
	static class Application {

	}

	static class Exports {

		@Throttle(scope = "exports")
		public Mono<String> export() {
			return Mono.just("exported");
		}

	}

	@RestController
	static class ExportHandlers {

		private final Exports exports;

		ExportHandlers(Exports exports) {
			this.exports = exports;
		}

		@GetMapping("/export")
		Mono<String> export() {
			return this.exports.export();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Both.class)
	static class Proxied {

	}

	interface BothApi {

		@GetMapping("/both")
		@Throttle(scope = "exports")
		String both();

	}

	@RestController
	static class Both implements BothApi {

		@Override
		public String both() {
			return "both";
		}

		@Throttle(scope = "jobs", key = "'all'")
		public String job() {
			return "done";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Greetings.class })
	static class Queries {

	}

	@Controller
	static class Greetings {

		@QueryMapping
		@Throttle(scope = "greetings")
		public Mono<String> greeting() {
			return Mono.just("hello");
		}

	}

}
