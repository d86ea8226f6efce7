package dev.throttle.http;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.Verdict;
import dev.throttle.engine.RateRegistry;
import dev.throttle.web.RateLimitHeaders;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springdoc.core.models.GroupedOpenApi;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What springdoc's document says about limits.
 */
class OpenApiTests {

	private static final String[] PROPERTIES = { "spring.profiles.active=springdoc",
			"throttle.rates.user=60/min, 1000/day", "throttle.rates.uploads=2/min",
			"throttle.rates.reports=100/calendar-month, 20/15min", "throttle.scopes.reports.count-status=2xx, 404",
			"throttle.rates.old=7/hour", "throttle.rates.new=8/hour" };

	private static final String USER = "- At most 60 requests in any minute and 1000 in any day (scope user);"
			+ " with the plan pro at most 600 requests in any minute";

	private static final String USER_ONLY = "At most 60 requests in any minute and 1000 in any day (scope user).";

	private static RunningApplication application;

	private static OpenApiDocument document;

	@BeforeAll
	static void start() {
		application = start(Application.class, "throttle.plans.pro.rates.user=600/min",
				"throttle.plans.pro.clients=user:bob", "throttle.scopes.user.shadow-rate=1/min");
		document = OpenApiDocument.of(application);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static RunningApplication start(Class<?> source, String... properties) {
		return RunningApplication.start(source,
				Stream.concat(Stream.of(PROPERTIES), Stream.of(properties)).toArray(String[]::new));
	}

	@Test
	void documentIsValid() {
		assertThat(document.json().path("openapi").asText()).startsWith("3.1");
		document.assertIsValid();
		assertThat(document.json().toString()).doesNotContain("x-throttle");
	}

	@Test
	void ratesAreDescribedAfterWhatTheAuthorWrote() {
		assertThat(document.description("post", "/uploads")).isEqualTo(
				"Stores a file.\n\n" + USER + "\n- At most 2 requests in any minute (scope uploads)");
		assertThat(document.description("get", "/plain")).isEqualTo(USER.substring(2) + ".");
	}

	@Test
	void extensionHasScopesRatesAndPlans() {
		assertThat(document.operation("post", "/uploads").path("x-ratelimit")).hasToString(
				"{\"scopes\":[{\"scope\":\"user\",\"rates\":[\"60/min\",\"1000/day\"],\"plans\":{\"pro\":[\"600/min\"]}},"
						+ "{\"scope\":\"uploads\",\"rates\":[\"2/min\"]}]}");
		assertThat(document.operation("get", "/reports/{id}").path("x-ratelimit").at("/scopes/1")).hasToString(
				"{\"scope\":\"reports\",\"rates\":[\"100/calendar-month\",\"20/15min\"],\"cost\":5,\"count-status\":\"2xx, 404\"}");
	}

	@Test
	void costAndCountedAnswersAreDescribed() {
		assertThat(document.description("get", "/reports/{id}"))
			.endsWith("\n- At most 100 in each calendar month in UTC and 20 in any 15 minutes"
					+ " (scope reports, a request takes 5, only answers with status 2xx, 404 count)");
	}

	@Test
	void denialHasTheHeadersAndTheProblemThatAreSent() throws IOException {
		Caller caller = application.caller().asNewcomer();
		caller.send("POST", "/uploads");
		caller.send("POST", "/uploads");
		HttpResponse<String> denied = caller.send("POST", "/uploads");
		assertThat(denied.statusCode()).isEqualTo(429);
		JsonNode documented = document.denial("post", "/uploads");
		assertThat(documented.path("description").asText()).startsWith("Too many requests.");
		assertThat(names(documented.path("headers"))).containsExactly("Retry-After", "X-RateLimit-Limit",
				"X-RateLimit-Remaining", "X-RateLimit-Reset");
		assertThat(denied.headers().map().keySet().stream().filter((name) -> name.matches("(?i).*(retry|ratelimit).*")))
			.usingElementComparator(String.CASE_INSENSITIVE_ORDER)
			.containsExactlyInAnyOrderElementsOf(names(documented.path("headers")));
		assertThat(documented.at("/content/application~1problem+json/schema/$ref").asText())
			.isEqualTo("#/components/schemas/TooManyRequestsProblem");
		JsonNode schema = document.json().at("/components/schemas/TooManyRequestsProblem");
		assertThat(names(new ObjectMapper().readTree(denied.body()))).isEqualTo(names(schema.path("properties")));
		assertThat(schema.at("/properties/type/type").asText()).isEqualTo("string");
	}

	@Test
	void unthrottledOperationHasNothing() {
		assertThat(names(document.operation("get", "/ping"))).doesNotContain("description", "x-ratelimit");
		assertThat(document.denial("get", "/ping").isMissingNode()).isTrue();
	}

	@Test
	void responseOfTheAuthorIsKept() {
		assertThat(document.denial("get", "/own").path("description").asText()).isEqualTo("Own words");
		assertThat(document.denial("get", "/own").has("headers")).isFalse();
		assertThat(document.description("get", "/own")).isEqualTo(USER.substring(2) + ".");
	}

	@Test
	void handlersOfOneOperationAreDescribedTogether() {
		assertThat(document.description("get", "/versions")).isEqualTo(USER
				+ "\n- At most 8 requests in any hour (scope new)\n- At most 7 requests in any hour (scope old)");
	}

	@Test
	void highestCostOfTheHandlersOfOneOperationIsDescribed() {
		for (String method : List.of("get", "post")) {
			assertThat(document.description(method, "/exports"))
				.endsWith("\n- At most 2 in any minute (scope uploads, a request takes 2)");
		}
	}

	@Test
	void functionalRouteHasItsOwnScopes() {
		assertThat(document.description("post", "/routes/{id}"))
			.isEqualTo(USER + "\n- At most 2 requests in any minute (scope uploads)");
		assertThat(document.description("get", "/routes/{id}")).isEqualTo(USER.substring(2) + ".");
		assertThat(document.denial("get", "/routes/{id}").has("headers")).isTrue();
	}

	@Test
	void groupOfOperationsHasItsLimits() {
		OpenApiDocument group = OpenApiDocument.of(application, "/v3/api-docs/group");
		group.assertIsValid();
		assertThat(group.description("post", "/uploads")).isEqualTo(document.description("post", "/uploads"));
		assertThat(group.json().path("paths").has("/plain")).isFalse();
	}

	@Test
	void filterIsDescribedWhereItAppliesAndHiddenScopesAreNot() {
		try (RunningApplication filtered = start(OwnThrottles.class, "springdoc.api-docs.version=openapi_3_0",
				"throttle.rates.address=600/min", "throttle.filter.include-paths=/ping,/uploads,/plain",
				"throttle.exclude-paths=/plain", "throttle.scopes.user.headers=false", "throttle.headers=both",
				"throttle.rates.tenant=1MB/day", "throttle.scopes.tenant.cost=request-bytes")) {
			OpenApiDocument document = OpenApiDocument.of(filtered);
			assertThat(document.json().path("openapi").asText()).startsWith("3.0");
			document.assertIsValid();
			String address = "At most 600 requests in any minute (scope address, before authentication)";
			assertThat(document.description("get", "/ping")).isEqualTo(address + ".");
			assertThat(document.description("get", "/plain")).isEqualTo(address + ".");
			assertThat(document.description("post", "/uploads")).isEqualTo("Stores a file.\n\n- " + address
					+ "\n- At most 1MB in any day (scope tenant, where it applies)"
					+ "\n- At most 2 requests in any minute (scope uploads)");
			assertThat(names(document.denial("get", "/ping").path("headers"))).containsExactly("Retry-After",
					"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit");
			assertThat(document.json().at("/components/headers/RateLimit/schema")).hasToString(
					"{\"type\":\"string\",\"example\":\"\\\"uploads\\\";r=0;t=42\"}");
		}
	}

	@Test
	void throttleWithoutARateHasADenialWithoutHeaders() {
		try (RunningApplication maintained = start(Maintenance.class, "throttle.rates.user=unlimited",
				"throttle.headers=none")) {
			OpenApiDocument document = OpenApiDocument.of(maintained);
			document.assertIsValid();
			assertThat(names(document.denial("get", "/plain").path("headers"))).containsExactly("Retry-After");
			assertThat(names(document.operation("get", "/plain"))).doesNotContain("description", "x-ratelimit");
			assertThat(names(document.denial("post", "/uploads").path("headers"))).containsExactly("Retry-After");
		}
	}

	@Test
	void headersOfTheApplicationAreDocumentedAndTheirFailureDoesNotBreakTheDocument() {
		try (RunningApplication own = start(OwnHeaders.class)) {
			OpenApiDocument document = OpenApiDocument.of(own);
			document.assertIsValid();
			assertThat(names(document.denial("get", "/plain").path("headers"))).containsExactly("Retry-After",
					"X-Empty", "X-Digits");
			assertThat(document.json().at("/components/headers/X-Digits/schema/type").asText()).isEqualTo("string");
			assertThat(document.description("get", "/plain")).isEqualTo(USER_ONLY);
		}
	}

	@Test
	void ratesAreThoseInForceWhenTheDocumentIsMade() {
		try (RunningApplication changing = start(Application.class, "springdoc.cache.disabled=true",
				"throttle.plans.staff.rates.uploads=unlimited", "throttle.plans.staff.clients=user:carol")) {
			assertThat(OpenApiDocument.of(changing).description("get", "/plain")).contains("At most 60 requests");
			changing.bean(RateRegistry.class)
				.update((rates) -> rates.with(Scope.of("user"), List.of(Rate.parse("1/30s"))));
			assertThat(OpenApiDocument.of(changing).description("get", "/plain"))
				.isEqualTo("At most 1 request in any 30 seconds (scope user).");
			changing.bean(RateRegistry.class).update((rates) -> rates.with(Scope.of("user"), List.of()));
			assertThat(OpenApiDocument.of(changing).description("post", "/uploads"))
				.endsWith("At most 2 requests in any minute (scope uploads); with the plan staff no limit.");
			assertThat(OpenApiDocument.of(changing).operation("get", "/plain").has("description")).isFalse();
			assertThat(OpenApiDocument.of(changing).denial("get", "/plain").isMissingNode()).isTrue();
		}
	}

	@Test
	void nothingIsDescribedIfItIsTurnedOff() {
		for (String property : List.of("throttle.openapi.enabled=false", "throttle.enabled=false")) {
			try (RunningApplication off = start(Application.class, property)) {
				OpenApiDocument document = OpenApiDocument.of(off);
				assertThat(document.description("post", "/uploads")).isEqualTo("Stores a file.");
				assertThat(document.json().toString()).doesNotContain("x-ratelimit", "TooManyRequestsProblem");
			}
		}
	}

	private static List<String> names(JsonNode object) {
		return object.properties().stream().map(Map.Entry::getKey).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, DocumentedRoutes.class })
	static class Application {

		@Bean
		GroupedOpenApi group() {
			return GroupedOpenApi.builder().group("group").pathsToMatch("/uploads").build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class OwnThrottles {

		@Bean
		BaseThrottle tenantThrottle() {
			return (request) -> Verdict.count("tenant", Client.of("tenant", request.header("X-Tenant")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class Maintenance {

		@Bean
		BaseThrottle maintenanceThrottle() {
			return (request) -> Verdict.allow();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class OwnHeaders {

		@Bean
		RateLimitHeaders ownHeaders() {
			return (decision, headers) -> {
				headers.accept("X-Empty", "");
				headers.accept("X-Digits", "20260101000000000000");
				throw new IllegalStateException("No header for this decision");
			};
		}

	}

	@RestController
	static class Handlers {

		@PostMapping("/uploads")
		@Throttle(scope = "uploads")
		@Operation(description = "Stores a file.")
		String upload() {
			return "stored";
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/ping")
		@Unthrottled
		String ping() {
			return "pong";
		}

		@GetMapping("/own")
		@ApiResponse(responseCode = "429", description = "Own words")
		String own() {
			return "own";
		}

		@GetMapping("/reports/{id:[0-9]+}")
		@Throttle(scope = "reports", cost = 5)
		String report(@PathVariable("id") long id) {
			return "report";
		}

		@GetMapping(path = "/exports", params = "v=1")
		@Throttle(scope = "uploads")
		String oldExport() {
			return "old";
		}

		@GetMapping(path = "/exports", params = "v=2")
		@Throttle(scope = "uploads", cost = 2)
		String currentExport() {
			return "new";
		}

		@PostMapping(path = "/exports", params = "v=1")
		@Throttle(scope = "uploads", cost = 2)
		String oldPost() {
			return "old";
		}

		@PostMapping(path = "/exports", params = "v=2")
		@Throttle(scope = "uploads")
		String currentPost() {
			return "new";
		}

		@GetMapping(path = "/versions", params = "v=1")
		@Throttle(scope = "old")
		String old() {
			return "old";
		}

		@GetMapping(path = "/versions", params = "v=2")
		@Throttle(scope = "new")
		String current() {
			return "new";
		}

	}

}
