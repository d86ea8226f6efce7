package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Unthrottled;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What operators see and change at {@code /actuator/throttles}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EndpointTests {

	private static final String ENDPOINT = "/actuator/throttles";

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final String KEY = "sk-live-4eC39HqLyjWDarjtT1zdp7dc";

	private static RunningApplication application;

	@BeforeAll
	static void startApplication() {
		application = start("management.endpoint.throttles.access=unrestricted");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	private static RunningApplication start(String... properties) {
		List<String> all = new ArrayList<>(List.of("throttle.rates.anon=3/min", "throttle.rates.user=5/min, 100/day",
				"throttle.rates.uploads=2/min", "throttle.rates.api-key=4/min",
				"management.endpoints.web.exposure.include=throttles,health", "spring.jmx.enabled=false",
				"server.max-http-request-header-size=64KB", "server.netty.max-initial-line-length=64KB", "management.endpoint.health.show-details=always"));
		all.addAll(List.of(properties));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	private final Caller operator = application.caller().as("olga");

	private final AuditLog audit = application.bean(AuditLog.class);

	private final ThrottleClock clock = application.bean(ThrottleClock.class);

	@AfterEach
	void putConfiguredRatesInForce() {
		for (String scope : List.of("anon", "user", "uploads")) {
			this.operator.post(ENDPOINT + "/" + scope, "{\"rate\":\"configured\"}");
		}
		this.clock.advance(Duration.ofDays(1));
		this.audit.events.clear();
	}

	@Test
	void everyThrottleRateAndHandlerIsShown() {
		JsonNode shown = json(this.operator.get(ENDPOINT), 200);
		assertThat(shown.get("accounting").asText()).isEqualTo("all-or-nothing");
		assertThat(shown.get("clients").asText()).isEqualTo("the address that the connection comes from");
		assertThat(shown.get("overrides").asText()).isEqualTo("this instance");
		assertThat(shown.at("/backends/cacheBackend/shared").asBoolean()).isFalse();
		assertThat(shown.get("throttles").findValuesAsText("name")).contains("anonRateThrottle", "userRateThrottle",
				"scopedRateThrottle", "apiKeyThrottle");
		assertThat(shown.at("/rates/user/rate").asText()).isEqualTo("5/min, 100/day");
		assertThat(shown.at("/rates/user").has("configured")).isFalse();
		assertThat(handler(shown, "uploads")).isEqualTo(
				"GET [/uploads] by @Costly on dev.throttle.http.EndpointTests$Handlers#uploads(): apiKeyThrottle anonRateThrottle userRateThrottle scopedRateThrottle {\"uploads\":\"2/min\"}");
		assertThat(handler(shown, "reports")).isEqualTo(
				"GET [/reports] by @Throttle on dev.throttle.http.EndpointTests$Handlers#reports(): apiKeyThrottle anonRateThrottle userRateThrottle scopedRateThrottle {\"reports\":\"2/30s\"}");
		assertThat(handler(shown, "plain"))
			.isEqualTo("GET [/plain] by default: apiKeyThrottle anonRateThrottle userRateThrottle {}");
		assertThat(handler(shown, "ping"))
			.isEqualTo("GET [/ping] by @Unthrottled on dev.throttle.http.EndpointTests$Handlers#ping():  {}");
	}

	private static String handler(JsonNode shown, String method) {
		for (JsonNode handler : shown.get("handlers")) {
			if (handler.get("handler").asText().contains("#" + method + "(")) {
				List<String> throttles = new ArrayList<>();
				handler.get("throttles").forEach((throttle) -> throttles.add(throttle.asText()));
				return handler.at("/mappings/0").asText() + " by " + handler.get("reason").asText() + ": "
						+ String.join(" ", throttles) + " " + handler.get("scopes");
			}
		}
		throw new AssertionError(method);
	}

	@Test
	void useOfAUserIsShownWithoutCountingIt() {
		Caller user = application.caller().asNewcomer();
		user.get("/plain");
		user.get("/plain");
		this.clock.advance(Duration.ofSeconds(10));
		for (int i = 0; i < 10; i++) {
			JsonNode shown = json(this.operator.get(ENDPOINT + "/user?client=user:" + user.user()), 200);
			assertThat(shown.at("/rate/rate").asText()).isEqualTo("5/min, 100/day");
			assertThat(shown.get("clients")).hasSize(1);
			JsonNode client = shown.at("/clients/0");
			assertThat(client.get("kind").asText()).isEqualTo("user");
			assertThat(client.at("/throttles/0").asText()).isEqualTo("userRateThrottle");
			assertThat(client.get("quotas").toString()).isEqualTo(
					"[{\"policy\":\"user\",\"rate\":\"5/min\",\"limit\":5,\"used\":2,\"remaining\":3,\"nextPermitInSeconds\":50},"
							+ "{\"policy\":\"user-day\",\"rate\":\"100/day\",\"limit\":100,\"used\":2,\"remaining\":98,\"nextPermitInSeconds\":86390}]");
			assertThat(shown.toString()).doesNotContain(user.user());
		}
		assertThat(user.remaining("/plain")).isEqualTo(2);
	}

	@Test
	void addressIsShownAsItIsCounted() {
		application.caller().get("/plain");
		JsonNode shown = json(this.operator.get(ENDPOINT + "/anon?client=address:127.0.0.1"), 200);
		assertThat(shown.at("/clients/0/kind").asText()).isEqualTo("address");
		assertThat(shown.at("/clients/0/quotas/0/used").asInt()).isEqualTo(1);
		assertThat(json(this.operator.get(ENDPOINT + "/anon?client=address:::ffff:127.0.0.1"), 200)
			.at("/clients/0/quotas/0/used")
			.asInt()).isEqualTo(1);
		assertThat(used("user", "user:127.0.0.1")).isZero();
		assertThat(used("user", "address:127.0.0.1")).isEqualTo(1);
		assertThat(json(this.operator.get(ENDPOINT + "/anon?client=address:alice"), 400).get("message").asText())
			.startsWith("The address in the parameter 'client' is not valid");
	}

	@Test
	void declaredScopesAreShownToo() {
		Caller user = application.caller().asNewcomer();
		user.get("/uploads");
		user.get("/reports");
		assertThat(used("uploads", "user:" + user.user())).isEqualTo(1);
		assertThat(used("reports", "user:" + user.user())).isEqualTo(1);
		assertThat(used("UP_LOADS", "user:" + user.user())).isEqualTo(1);
	}

	private int used(String scope, String client) {
		return json(this.operator.get(ENDPOINT + "/" + scope + "?client=" + encode(client)), 200)
			.at("/clients/0/quotas/0/used")
			.asInt();
	}

	@Test
	void clientThatIsResetIsAdmittedAgain() {
		Caller user = application.caller().asNewcomer();
		for (int i = 0; i < 5; i++) {
			assertThat(user.get("/plain").statusCode()).isEqualTo(200);
		}
		assertThat(user.get("/plain").statusCode()).isEqualTo(429);
		JsonNode reset = json(this.operator.send("DELETE", ENDPOINT + "/user?client=user:" + user.user()), 200);
		assertThat(reset.at("/clients/0/quotas/0/remaining").asInt()).isEqualTo(5);
		assertThat(user.get("/plain").statusCode()).isEqualTo(200);
		assertThat(this.audit.events).singleElement().satisfies((event) -> {
			assertThat(event.getType()).isEqualTo("THROTTLE_CLIENT_RESET");
			assertThat(event.getPrincipal()).isEqualTo("olga");
			assertThat(event.getData()).containsEntry("scope", "user")
				.containsEntry("clients", List.of("user:" + user.user()));
		});
	}

	@Test
	void secretIsNeitherEchoedNorAuditedNorLogged(CapturedOutput output) {
		Caller holder = application.caller().asNewcomer().with("X-Api-Key", KEY);
		holder.get("/plain");
		String path = ENDPOINT + "/api-key?client=api-key:" + KEY;
		HttpResponse<String> shown = this.operator.get(path);
		assertThat(json(shown, 200).at("/clients/0/quotas/0/used").asInt()).isEqualTo(1);
		HttpResponse<String> reset = this.operator.send("DELETE", path);
		assertThat(json(reset, 200).at("/clients/0/quotas/0/used").asInt()).isZero();
		assertThat(this.audit.events).singleElement()
			.satisfies((event) -> assertThat(event.getData().get("clients").toString())
				.matches("\\[api-key:\\\\~[A-Za-z0-9_-]{43}]"));
		assertThat(shown.body() + reset.body() + this.audit.events + output).doesNotContain(KEY);
	}

	@Test
	void rateIsInForceAtOnceAndConfiguredAgainWhenItIsSaid() {
		Caller user = application.caller().asNewcomer();
		user.get("/plain");
		JsonNode set = json(this.operator.post(ENDPOINT + "/user", "{\"rate\":\"2/min\",\"duration\":\"1h\"}"), 200);
		assertThat(set.at("/rate/rate").asText()).isEqualTo("2/min");
		assertThat(set.at("/rate/configured").asText()).isEqualTo("5/min, 100/day");
		assertThat(set.at("/rate/until").asText()).endsWith("Z");
		assertThat(user.get("/plain").statusCode()).as("what was used before counts").isEqualTo(200);
		assertThat(user.get("/plain").statusCode()).isEqualTo(429);
		assertThat(json(this.operator.get(ENDPOINT), 200).at("/rates/user/rate").asText()).isEqualTo("2/min");
		JsonNode removed = json(this.operator.post(ENDPOINT + "/user", "{\"rate\":\"configured\"}"), 200);
		assertThat(removed.get("rate").toString()).isEqualTo("{\"rate\":\"5/min, 100/day\"}");
		assertThat(user.remaining("/plain")).isEqualTo(2);
		assertThat(this.audit.events).extracting(AuditEvent::getType)
			.containsExactly("THROTTLE_RATE_CHANGED", "THROTTLE_RATE_CHANGED");
		assertThat(this.audit.events.get(0).getData()).containsEntry("scope", "user")
			.containsEntry("rate", "2/min")
			.containsKey("until");
		assertThat(this.audit.events.get(1).getData()).containsEntry("rate", "5/min, 100/day")
			.containsEntry("until", "configured");
	}

	@Test
	void rateEndsByItself() {
		json(this.operator.post(ENDPOINT + "/user", "{\"rate\":\"2/min\",\"duration\":\"300ms\"}"), 200);
		await().untilAsserted(() -> assertThat(rate()).isEqualTo("5/min, 100/day"));
	}

	private String rate() {
		return json(this.operator.get(ENDPOINT + "/user"), 200).at("/rate/rate").asText();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"user | {\"rate\":\"10/month\"} | Invalid rate '10/month' at column",
			"user | {\"rate\":\"\"} | Invalid rate '' at column",
			"user | {\"rate\":\"2/min, 4/min\"} | Invalid rate '2/min, 4/min' at column",
			"user | {\"rate\":\"2/min\",\"duration\":\"60\"} | Invalid duration '60': write a number and a unit such as '1h'",
			"user | {\"rate\":\"2/min\",\"duration\":\"soon\"} | Invalid duration 'soon'",
			"user | {\"rate\":\"2/min\",\"duration\":\"-1h\"} | The duration must be positive",
			"user | {\"rate\":\"2/min\",\"duration\":\"99999999999999d\"} | The duration must be positive and at most 36500 days",
			"user | {\"rate\":\"configured\",\"duration\":\"1h\"} | The configured rate does not expire",
			"user | {\"limit\":\"2/min\"} | The body has no rate", "user | {} | The body has no rate",
			"reports | {\"rate\":\"2/min\"} | The rate of the scope 'reports' is set in the code. Set it in 'throttle.rates.reports'" })
	void badInputIsAnsweredWithWhatToWriteAndChangesNothing(String scope, String body, String message) {
		String before = this.operator.get(ENDPOINT).body();
		assertThat(json(this.operator.post(ENDPOINT + "/" + scope, body), 400).get("message").asText())
			.startsWith(message);
		assertThat(this.operator.get(ENDPOINT).body()).isEqualTo(before);
		assertThat(this.audit.events).isEmpty();
	}

	@Test
	void scopeThatIsNotKnownIsNotFound() {
		assertThat(json(this.operator.get(ENDPOINT + "/annon?client=user:alice"), 404).get("message").asText())
			.contains("did you mean 'anon'?");
		assertThat(json(this.operator.post(ENDPOINT + "/annon", "{\"rate\":\"2/min\"}"), 404).get("message").asText())
			.isEqualTo(
					"There is no scope 'annon' (did you mean 'anon'?). Write one of 'anon', 'api-key', 'reports', 'uploads', 'user'.");
		assertThat(this.operator.get(ENDPOINT + "/" + "x".repeat(5000)).statusCode()).isEqualTo(404);
		assertThat(this.operator.get(ENDPOINT + "/%20%7B%7D?client=user:alice").statusCode()).isEqualTo(404);
		assertThat(this.operator.send("DELETE", ENDPOINT + "/annon?client=user:alice").statusCode()).isEqualTo(404);
		assertThat(json(this.operator.send("DELETE", ENDPOINT + "/user"), 400).get("message").asText())
			.startsWith("The parameter 'client' is missing");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "alice", ":alice", "user:", ":" })
	void clientIsWrittenWithItsKind(String client) {
		for (String method : List.of("GET", "DELETE")) {
			assertThat(
					json(this.operator.send(method, ENDPOINT + "/user?client=" + client), 400).get("message").asText())
				.isEqualTo("The parameter 'client' is not valid. Write it as 'kind:ident', such as 'user:alice', "
						+ "'address:192.0.2.1' or 'tenant:acme'.");
		}
	}

	@ParameterizedTest
	@MethodSource
	void hostileIdentsAreJustIdents(String ident) {
		JsonNode shown = json(this.operator.get(ENDPOINT + "/user?client=user:" + encode(ident)), 200);
		assertThat(shown.at("/clients/0/quotas/0/used").asInt()).isZero();
		assertThat(
				json(this.operator.send("DELETE", ENDPOINT + "/user?client=user:" + encode(ident)), 200).get("clients"))
			.isNotEmpty();
		assertThat(this.audit.events.get(0).getData().toString()).hasSizeLessThan(1000);
	}

	static List<String> hostileIdentsAreJustIdents() {
		return List.of("x".repeat(8192), "\uD83D\uDE00".repeat(20), "%", "%00%2e%2e/", "a|b\\c", "{user}:*",
				"\r\nSet-Cookie: a=b", "\u0000", "${jndi:ldap://x}", "\uD83D");
	}

	@Test
	void writesAreOffByDefault() {
		try (RunningApplication readOnly = start()) {
			Caller caller = readOnly.caller();
			assertThat(caller.get(ENDPOINT).statusCode()).isEqualTo(200);
			assertThat(caller.get(ENDPOINT + "/user?client=user:alice").statusCode()).isEqualTo(200);
			assertThat(caller.post(ENDPOINT + "/user", "{\"rate\":\"9/min\"}").statusCode()).isEqualTo(405);
			assertThat(caller.send("DELETE", ENDPOINT + "/user?client=user:alice").statusCode()).isEqualTo(405);
			assertThat(json(caller.get(ENDPOINT + "/user"), 200).at("/rate/rate").asText()).isEqualTo("5/min, 100/day");
		}
	}

	@Test
	void nothingIsThereUnlessItIsExposed() {
		try (RunningApplication hidden = start("management.endpoints.web.exposure.include=health")) {
			assertThat(hidden.caller().get(ENDPOINT).statusCode()).isEqualTo(404);
		}
	}

	@Test
	void backendThatIsNotSharedHasNoHealth() {
		JsonNode health = json(this.operator.get("/actuator/health"), 200);
		assertThat(health.get("status").asText()).isEqualTo("UP");
		assertThat(health.get("components").has("throttle")).isFalse();
	}

	@Test
	void ratesThatAreSetTogetherEachHoldAsAWhole() {
		List<String> rates = List.of("2/min", "30/min, 40/day");
		IntStream.range(0, 60).parallel().forEach((i) -> {
			json(this.operator.post(ENDPOINT + "/user", "{\"rate\":\"" + rates.get(i % 2) + "\"}"), 200);
			assertThat(rate()).isIn(rates);
		});
	}

	private static String encode(String ident) {
		return URLEncoder.encode(ident, StandardCharsets.UTF_8);
	}

	private static JsonNode json(HttpResponse<String> response, int status) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		try {
			return JSON.readTree(response.body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class, AuditLog.class })
	static class Application {

		@Bean
		ThrottleClock clock() {
			return new ThrottleClock();
		}

		@Bean
		MemoryCacheBackend cacheBackend(ThrottleClock clock) {
			return MemoryCacheBackend.builder().clock(clock).build();
		}

		@Bean
		BaseThrottle apiKeyThrottle() {
			return new ApiKeyThrottle();
		}

	}

	static class ApiKeyThrottle extends SimpleRateThrottle {

		ApiKeyThrottle() {
			super("api-key");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.secret("api-key", request.header("X-Api-Key"));
		}

	}

	static class AuditLog {

		private final List<AuditEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void audited(AuditApplicationEvent event) {
			if (event.getAuditEvent().getType().startsWith("THROTTLE")) {
				this.events.add(event.getAuditEvent());
			}
		}

	}

	@Throttle(scope = "uploads")
	@java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
	@interface Costly {

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/uploads")
		@Costly
		String uploads() {
			return "uploads";
		}

		@GetMapping("/reports")
		@Throttle(scope = "reports", rate = "2/30s")
		String reports() {
			return "reports";
		}

		@GetMapping("/ping")
		@Unthrottled
		String ping() {
			return "pong";
		}

	}

}
