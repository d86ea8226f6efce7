package dev.throttle.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.usage.Usage;
import dev.throttle.usage.UsageReader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients are told about their quotas at {@code throttle.usage.path}.
 */
class UsageTests {

	private static final String PATH = "/rate-limit";

	private static final Pattern ITEM = Pattern.compile("\"([^\"]+)\";r=(\\d+);t=(\\d+)");

	private static final String[] PROPERTIES = { "throttle.usage.path=" + PATH, "throttle.rates.anon=20/hour",
			"throttle.rates.user=30/min, 300/day", "throttle.rates.address=100000/hour",
			"throttle.filter.api-key-header=X-API-Key", "throttle.rates.api-key=40/hour",
			"throttle.rates.tenant=50/hour", "throttle.rates.uploads=10/hour", "throttle.rates.exports=1000/calendar-year",
			"throttle.rates.login=7/hour", "throttle.scopes.login.headers=false", "throttle.rates.bytes=1MB/hour",
			"throttle.scopes.bytes.cost=request-bytes", "throttle.headers=both" };

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, PROPERTIES);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@Test
	void anonymousClientSeesItsQuotas() {
		try (RunningApplication own = RunningApplication.start(Application.class, PROPERTIES)) {
			Caller caller = own.caller();
			assertThat(quotas(caller).keySet()).containsExactlyInAnyOrder("address", "anon", "user", "user-day",
					"uploads", "exports", "bytes");
			assertNextRequestAgrees(caller, "/plain", "address", "anon", "user", "user-day");
			assertNextRequestAgrees(caller, "/uploads", "address", "anon", "user", "user-day", "uploads");
		}
	}

	@Test
	void userSeesItsQuotasAndNotThoseOfOthers() {
		Caller alice = application.caller().asNewcomer();
		assertNextRequestAgrees(alice, "/plain", "address", "user", "user-day");
		assertNextRequestAgrees(alice, "/uploads", "address", "user", "user-day", "uploads");
		assertNextRequestAgrees(alice, "/exports", "address", "user", "user-day", "exports");
		Caller bob = application.caller().asNewcomer();
		Map<String, JsonNode> ofBob = quotas(bob, PATH + "?user=" + alice.user() + "&client=user:" + alice.user());
		assertThat(ofBob.get("uploads").get("used").asLong()).isZero();
		assertThat(ofBob.get("user").get("used").asLong()).isZero();
	}

	@Test
	void clientOfAnApiKeyAndOfATenantSeesTheirQuotas() {
		Caller keyed = application.caller().asNewcomer().with("X-API-Key", "sk-0123456789").with("X-Tenant", "acme");
		assertNextRequestAgrees(keyed, "/plain", "address", "api-key", "tenant", "user", "user-day");
		assertThat(keyed.get(PATH).body()).doesNotContain("sk-0123456789", "acme");
		assertThat(quotas(keyed.with("X-Tenant", "other")).get("tenant").get("used").asLong()).isEqualTo(2);
	}

	@Test
	void clientOfAPlanSeesThePlansNumbers() {
		String[] properties = Stream
			.concat(Stream.of(PROPERTIES),
					Stream.of("throttle.plans.pro.rates.user=60/min, 600/day", "throttle.plans.pro.rates.uploads=unlimited",
							"throttle.plans.pro.clients=user:paula"))
			.toArray(String[]::new);
		try (RunningApplication own = RunningApplication.start(Application.class, properties)) {
			Caller paula = own.caller().as("paula");
			assertNextRequestAgrees(paula, "/exports", "address", "user", "user-day", "exports");
			JsonNode usage = read(paula.get(PATH));
			assertThat(usage.get("plan").asText()).isEqualTo("pro");
			assertThat(quotas(paula).get("user").get("limit").asLong()).isEqualTo(60);
			assertThat(quotas(paula)).doesNotContainKey("uploads");
			assertThat(read(own.caller().as("una").get(PATH)).get("plan").isNull()).isTrue();
			Usage named = own.bean(UsageReader.class).usage(Client.user("paula"));
			assertThat(named.plan()).isEqualTo("pro");
			assertThat(named.quotas()).extracting(Usage.QuotaUsage::limit).contains(60L, 600L);
		}
	}

	@Test
	void quotaIsShownAsNumbers() {
		Caller caller = application.caller().asNewcomer();
		JsonNode usage = read(caller.get(PATH));
		assertThat(usage.get("plan").isNull()).isTrue();
		assertThat(quotas(caller).get("user-day")).hasToString(
				"{\"scope\":\"user\",\"policy\":\"user-day\",\"window\":\"day\",\"unit\":\"requests\",\"limit\":300,"
						+ "\"remaining\":300,\"used\":0,\"reset\":null}");
		JsonNode exports = quotas(caller).get("exports");
		assertThat(exports.get("window").asText()).isEqualTo("calendar-year");
		assertThat(quotas(caller).get("bytes").get("unit").asText()).isEqualTo("bytes");
	}

	@Test
	void scopeThatIsNotInTheHeadersIsNotShown() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/login").statusCode()).isEqualTo(200);
		assertThat(quotas(caller)).doesNotContainKey("login").containsKey("uploads");
	}

	@Test
	void askingAThousandTimesUsesNothingUp() {
		try (RunningApplication own = RunningApplication.start(Application.class, "throttle.usage.path=" + PATH,
				"throttle.rates.anon=20/hour", "throttle.rates.user=30/min", "throttle.rates.uploads=10/hour",
				"throttle.rates.tenant=50/hour", "throttle.rates.exports=9/day", "throttle.rates.login=7/hour",
				"throttle.rates.bytes=1MB/hour", "throttle.scopes.bytes.cost=request-bytes")) {
			Caller caller = own.caller().as("alice").with("X-Tenant", "acme");
			caller.get("/uploads");
			String before = caller.get(PATH).body();
			long entries = own.bean(MemoryCacheBackend.class).statistics().entries();
			for (int i = 0; i < 1_000; i++) {
				assertThat(caller.get(PATH).body()).isEqualTo(before);
			}
			assertThat(own.bean(MemoryCacheBackend.class).statistics().entries()).isEqualTo(entries);
			assertThat(caller.remaining("/uploads")).isEqualTo(8);
		}
	}

	@Test
	void answerIsJsonThatIsNotStoredAndBeginsNoSession() {
		HttpResponse<String> response = application.caller().asNewcomer().get(PATH);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
		assertThat(response.headers().firstValue("Set-Cookie")).isEmpty();
	}

	@Test
	void filterLimitsTheAskingToo() {
		try (RunningApplication own = RunningApplication.start(Application.class, "throttle.usage.path=" + PATH,
				"throttle.rates.address=2/hour", "throttle.rates.tenant=1/hour", "throttle.rates.uploads=1/hour",
				"throttle.rates.exports=1/hour", "throttle.rates.login=1/hour", "throttle.rates.bytes=1/hour")) {
			Caller caller = own.caller();
			assertThat(quotas(caller).get("address").get("remaining").asLong()).isOne();
			assertThat(quotas(caller).get("address").get("remaining").asLong()).isZero();
			assertThat(caller.get(PATH).statusCode()).isEqualTo(429);
		}
	}

	@Test
	void applicationShowsUsageOnItsOwnPages() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/uploads");
		Map<String, JsonNode> page = quotas(caller, "/account");
		assertThat(page.get("uploads")).isEqualTo(quotas(caller).get("uploads"));
		assertThat(page.get("user").get("used").asLong()).isEqualTo(2);
		Usage named = application.bean(UsageReader.class).usage(Client.user(caller.user()));
		assertThat(named.quotas()).extracting(Usage.QuotaUsage::policy)
			.containsExactlyInAnyOrder("user", "user-day", "uploads", "exports", "bytes");
		assertThat(named.quotas()).filteredOn((quota) -> quota.policy().equals("uploads"))
			.extracting(Usage.QuotaUsage::used)
			.containsExactly(1L);
	}

	@Test
	void nothingIsShownIfThrottlingIsOff() {
		try (RunningApplication off = RunningApplication.start(Application.class, "throttle.usage.path=" + PATH,
				"throttle.rates.user=1/hour", "throttle.enabled=false")) {
			assertThat(off.caller().as("alice").get(PATH).body()).isEqualTo("{\"plan\":null,\"quotas\":[]}");
		}
	}

	@Test
	void pathIsAbsentUnlessItIsSet() {
		try (RunningApplication without = RunningApplication.start(Plain.class, "throttle.rates.user=1/hour")) {
			assertThat(without.caller().get(PATH).statusCode()).isEqualTo(404);
			assertThat(without.bean(UsageReader.class).usage(Client.user("alice")).quotas()).hasSize(1);
		}
	}

	/**
	 * Assert that a request is answered as the usage before says: its quotas are shown
	 * with one more permit, and are freed at the same time.
	 */
	private static void assertNextRequestAgrees(Caller caller, String path, String... policies) {
		caller.get(path);
		Map<String, JsonNode> shown = quotas(caller);
		HttpResponse<String> next = caller.get(path);
		Map<String, Long> remaining = new TreeMap<>();
		Matcher items = ITEM.matcher(next.headers().firstValue("RateLimit").orElseThrow());
		while (items.find()) {
			remaining.put(items.group(1), Long.valueOf(items.group(2)));
		}
		assertThat(remaining).containsOnlyKeys(policies);
		remaining.forEach((policy, left) -> assertThat(shown.get(policy).get("remaining").asLong()).as(policy)
			.isEqualTo(left + 1));
		remaining.keySet()
			.forEach((policy) -> assertThat(next.headers().firstValue("RateLimit-Policy").orElseThrow())
				.containsPattern("\"" + policy + "\";q=" + shown.get(policy).get("limit").asLong() + "\\b"));
		long limit = next.headers().firstValueAsLong("X-RateLimit-Limit").orElseThrow();
		JsonNode decisive = shown.values()
			.stream()
			.filter((quota) -> quota.get("limit").asLong() == limit)
			.findFirst()
			.orElseThrow();
		assertThat(next.headers().firstValueAsLong("X-RateLimit-Remaining"))
			.hasValue(decisive.get("remaining").asLong() - 1);
		assertThat(next.headers().firstValueAsLong("X-RateLimit-Reset")).hasValue(decisive.get("reset").asLong());
		shown.values()
			.forEach((quota) -> assertThat(quota.get("used").asLong())
				.isEqualTo(quota.get("limit").asLong() - quota.get("remaining").asLong()));
	}

	private static Map<String, JsonNode> quotas(Caller caller) {
		return quotas(caller, PATH);
	}

	private static Map<String, JsonNode> quotas(Caller caller, String path) {
		List<JsonNode> quotas = List.copyOf(read(caller.get(path)).get("quotas").findParents("policy"));
		return quotas.stream().collect(Collectors.toMap((quota) -> quota.get("policy").asText(), (quota) -> quota));
	}

	private static JsonNode read(HttpResponse<String> response) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		try {
			return new ObjectMapper().readTree(response.body());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		TenantThrottle tenantThrottle() {
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

	}

	@RestController
	static class Handlers {

		private final UsageReader reader;

		Handlers(UsageReader reader) {
			this.reader = reader;
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/exports")
		@Throttle(scope = "exports")
		String exports() {
			return "exports";
		}

		@GetMapping("/bytes")
		@Throttle(scope = "bytes")
		String bytes() {
			return "bytes";
		}

		@GetMapping("/login")
		@Throttle(scope = "login")
		String login() {
			return "login";
		}

		@GetMapping("/account")
		Usage account(ThrottleRequest request) {
			return this.reader.usage(request);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
