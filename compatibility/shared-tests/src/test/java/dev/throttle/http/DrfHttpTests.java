package dev.throttle.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.ThrottledException;
import dev.throttle.Unthrottled;
import dev.throttle.UserRateThrottle;
import dev.throttle.Verdict;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import dev.throttle.http.RawConnection.Answer;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Replays what Django REST framework answered over HTTP: the status, Retry-After and the
 * sentence of a 429 are the same, but for the differences that are named here.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.anon=1/min", "throttle.rates.user=0/min", "throttle.client.num-proxies=1" })
class DrfHttpTests {

	private static final ObjectReader JSON = new ObjectMapper()
		.reader(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

	private static final String SENTENCE = "Request was throttled.";

	private static final BigDecimal LONGEST = BigDecimal.valueOf(Integer.MAX_VALUE);

	/**
	 * How this project differs from Django REST framework, and in how many of the
	 * vectors.
	 */
	enum Difference {

		/** None. */
		SAME(64),

		/** A wait is told as 1 second at least: in DRF as 0 seconds or fewer. */
		AT_LEAST_ONE_SECOND(8),

		/** A wait is told as 2147483647 seconds at most: in DRF as it is. */
		SATURATED(3),

		/** A wait that has no end is told like the longest: in DRF it makes a 500. */
		ENDLESS(1),

		/** A duration is always a number: in DRF a wait that is none makes a 500. */
		NOT_A_NUMBER(1),

		/** A rate below 0 stops the start: in DRF it denies everything. */
		NEGATIVE_RATE(1),

		/** A limit of 0 tells no time to come back: in DRF a period. */
		LIMIT_OF_ZERO(2),

		/** The wait is exact where a limit is lowered: in DRF it is unknown. */
		LOWERED_RATE(1),

		/**
		 * A method without a handler is answered by Spring, and not counted: in DRF by
		 * the throttle.
		 */
		METHOD_WITHOUT_HANDLER(5),

		/** The answer to HEAD has no body on the wire: DRF was recorded before that. */
		NO_BODY(1);

		private final int vectors;

		Difference(int vectors) {
			this.vectors = vectors;
		}

	}

	private final ThrottleClock clock;

	private final RateRegistry rates;

	private final WaitingThrottle.Waits waits;

	private final Caller caller;

	private int requests;

	@Autowired
	DrfHttpTests(ThrottleClock clock, RateRegistry rates, WaitingThrottle.Waits waits, @LocalServerPort int port) {
		this.clock = clock;
		this.rates = rates;
		this.waits = waits;
		this.caller = Caller.of(port);
	}

	@Test
	void answersAreThoseOfDjangoRestFrameworkButForNamedDifferences() {
		List<JsonNode> vectors = read();
		Map<Difference, Integer> found = new EnumMap<>(Difference.class);
		int problems = 0;
		int withRateHeaders = 0;
		for (int i = 0; i < vectors.size(); i++) {
			JsonNode vector = vectors.get(i);
			String id = vector.get("id").textValue();
			Difference difference = difference(vector);
			found.merge(difference, 1, Integer::sum);
			if (difference == Difference.NOT_A_NUMBER || difference == Difference.NEGATIVE_RATE) {
				continue;
			}
			Answer answer = answer(vector, i);
			Told expected = expected(vector, difference);
			assertThat(Told.of(answer)).as("%s, %s", id, difference).isEqualTo(expected);
			assertThat(expected.equals(Told.of(vector))).as(id).isEqualTo(difference == Difference.SAME);
			if (answer.status() == 429) {
				assertThat(answer.header("Content-Type")).as(id).hasValue("application/problem+json");
				problems++;
			}
			withRateHeaders += (answer.status() == 200 && answer.header("X-RateLimit-Limit").isPresent()) ? 1 : 0;
		}
		System.out.println("DRF over HTTP: " + vectors.size() + " vectors, " + this.requests + " requests, " + found
				+ "; " + problems + " answered as a problem instead of application/json, " + withRateHeaders
				+ " admitted with rate headers instead of none");
		assertThat(vectors).hasSize(87);
		for (Difference difference : Difference.values()) {
			assertThat(found.getOrDefault(difference, 0)).as(difference.name()).isEqualTo(difference.vectors);
		}
		assertThat(problems).isEqualTo(75);
		assertThat(withRateHeaders).isEqualTo(2);
	}

	@Test
	void negativeRateStopsTheStart() {
		assertThatException()
			.isThrownBy(() -> RunningApplication.start(Application.class, "throttle.rates.user=0/min",
					"throttle.rates.anon=-1/min"))
			.havingRootCause()
			.isInstanceOf(InvalidThrottleConfigurationException.class)
			.withMessageContaining("throttle.rates.anon")
			.withMessageContaining("-1/min");
	}

	private static Difference difference(JsonNode vector) {
		String id = vector.get("id").textValue();
		if (vector.has("exception")) {
			return id.equals("wait-inf") ? Difference.ENDLESS : Difference.NOT_A_NUMBER;
		}
		String method = vector.at("/request/method").textValue();
		if (method.equals("HEAD")) {
			return Difference.NO_BODY;
		}
		if (!List.of("GET", "POST").contains(method)) {
			return Difference.METHOD_WITHOUT_HANDLER;
		}
		BigDecimal longest = longestWait(vector);
		if (longest != null && longest.signum() <= 0) {
			return Difference.AT_LEAST_ONE_SECOND;
		}
		if (longest != null && longest.setScale(0, RoundingMode.CEILING).compareTo(LONGEST) > 0) {
			return Difference.SATURATED;
		}
		JsonNode throttle = vector.at("/throttles/0");
		if (throttle.path("rate").asText().startsWith("-")) {
			return Difference.NEGATIVE_RATE;
		}
		if (id.equals("authenticated") || throttle.has("rate") && limit(throttle) == 0) {
			return Difference.LIMIT_OF_ZERO;
		}
		if (throttle.has("rate") && throttle.get("historyAt").size() > limit(throttle)) {
			return Difference.LOWERED_RATE;
		}
		return Difference.SAME;
	}

	private static @Nullable BigDecimal longestWait(JsonNode vector) {
		BigDecimal longest = vector.get("id").textValue().equals("raised-wait-zero") ? BigDecimal.ZERO : null;
		for (JsonNode throttle : vector.path("throttles")) {
			if (throttle.path("wait").isNumber()) {
				BigDecimal wait = throttle.get("wait").decimalValue();
				longest = (longest != null) ? longest.max(wait) : wait;
			}
		}
		return longest;
	}

	private static Told expected(JsonNode vector, Difference difference) {
		Told drf = Told.of(vector);
		return switch (difference) {
			case AT_LEAST_ONE_SECOND -> Told.denied(1);
			case SATURATED, ENDLESS -> Told.denied(Integer.MAX_VALUE);
			case LIMIT_OF_ZERO -> new Told(429, Optional.empty(),
					Optional.of(SENTENCE + " The limit never allows it, so waiting does not help."));
			case LOWERED_RATE -> Told.denied(waitOfLoweredRate(vector.at("/throttles/0")));
			case METHOD_WITHOUT_HANDLER ->
				new Told(vector.at("/request/method").textValue().equals("OPTIONS") ? 200 : 405, Optional.empty(),
						Optional.empty());
			case NO_BODY -> new Told(drf.status(), drf.retryAfter(), Optional.empty());
			default -> drf;
		};
	}

	/**
	 * The entry that has to go is the one after which fewer are left than the limit.
	 */
	private static long waitOfLoweredRate(JsonNode throttle) {
		JsonNode history = throttle.get("historyAt");
		long leaves = history.get(history.size() - limit(throttle)).longValue() + 60;
		return leaves - throttle.get("at").longValue();
	}

	private static int limit(JsonNode throttle) {
		return Integer.parseInt(throttle.get("rate").textValue().split("/")[0]);
	}

	/**
	 * Send a vector's requests as a client of its own, and return the last answer.
	 */
	private Answer answer(JsonNode vector, int index) {
		String id = vector.get("id").textValue();
		String client = "X-Forwarded-For: 10.0." + index / 200 + "." + index % 200;
		JsonNode throttle = vector.at("/throttles/0");
		if (throttle.path("class").asText().equals("anon")) {
			return answerOfAnon(throttle, Duration.ofDays(2L * index), client);
		}
		List<String> headerLines = new ArrayList<>(List.of(client));
		addIfPresent(headerLines, "Accept", vector.at("/request/accept"));
		addIfPresent(headerLines, Caller.USER, vector.at("/request/user"));
		addIfPresent(headerLines, "X-Raise", id.startsWith("raised-") ? vector.get("id") : null);
		this.waits.set(waits(vector));
		return send(vector.at("/request/method").textValue(), path(id), headerLines.toArray(String[]::new));
	}

	private static void addIfPresent(List<String> headerLines, String name, @Nullable JsonNode value) {
		if (value != null && value.isTextual()) {
			headerLines.add(name + ": " + value.textValue());
		}
	}

	private static String path(String id) {
		return switch (id) {
			case "authenticated" -> "/user";
			case "allowed" -> "/anon";
			case "allowed-no-throttles" -> "/unthrottled";
			default -> id.startsWith("raised-") ? "/raised" : "/waiting";
		};
	}

	private static List<Verdict> waits(JsonNode vector) {
		String id = vector.get("id").textValue();
		if (id.equals("wait-inf")) {
			return List.of(Verdict.deny(Duration.ofSeconds(Long.MAX_VALUE)));
		}
		if (!vector.has("throttles")) {
			return List.of(Verdict.deny(Duration.ofSeconds(42)));
		}
		List<Verdict> waits = new ArrayList<>();
		for (JsonNode throttle : vector.get("throttles")) {
			JsonNode wait = throttle.get("wait");
			waits.add(wait.isNull() ? Verdict.deny() : Verdict.deny(duration(wait)));
		}
		return waits;
	}

	private Answer answerOfAnon(JsonNode throttle, Duration start, String client) {
		Rate rate = Rate.parse(throttle.get("rate").textValue());
		JsonNode history = throttle.get("historyAt");
		use(new Rate(Math.max(rate.limit(), history.size()), rate.period()));
		for (JsonNode at : history) {
			this.clock.setNanos(start.plus(duration(at)).toNanos());
			assertThat(send("GET", "/anon", client).status()).isEqualTo(200);
		}
		use(rate);
		this.clock.setNanos(start.plus(duration(throttle.get("at"))).toNanos());
		return send("GET", "/anon", client);
	}

	private void use(Rate rate) {
		this.rates.update((rates) -> rates.with(Scope.of(AnonRateThrottle.SCOPE), List.of(rate)));
	}

	private Answer send(String method, String path, String... headerLines) {
		this.requests++;
		try (RawConnection connection = this.caller.connect()) {
			return connection.exchange(method + " " + path, headerLines);
		}
	}

	/**
	 * Return seconds, which the vectors give as the exact value of a binary fraction, in
	 * whole nanoseconds.
	 */
	private static Duration duration(JsonNode seconds) {
		BigDecimal value = seconds.decimalValue().setScale(9, RoundingMode.CEILING);
		BigDecimal whole = value.setScale(0, RoundingMode.FLOOR);
		return Duration.ofSeconds(whole.longValueExact(), value.subtract(whole).movePointRight(9).longValueExact());
	}

	private static List<JsonNode> read() {
		try (InputStream input = DrfHttpTests.class.getResourceAsStream("/drf-oracle/http_vectors.jsonl")) {
			List<JsonNode> vectors = new ArrayList<>();
			for (String line : new String(input.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
				vectors.add(JSON.readTree(line));
			}
			return vectors;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What is compared.
	 *
	 * @param status the status
	 * @param retryAfter Retry-After, empty where it is absent
	 * @param sentence the sentence of a 429, empty for every other status
	 */
	record Told(int status, Optional<String> retryAfter, Optional<String> sentence) {

		static Told of(JsonNode vector) {
			JsonNode response = vector.path("response");
			int status = response.path("status").asInt();
			return new Told(status, Optional.ofNullable(response.at("/headers/Retry-After").textValue()),
					(status == 429) ? Optional.of(response.at("/body/detail").textValue()) : Optional.empty());
		}

		static Told of(Answer answer) {
			return new Told(answer.status(), answer.header("Retry-After"),
					(answer.status() == 429 && !answer.body().isEmpty()) ? Optional.of(detail(answer.body()))
							: Optional.empty());
		}

		private static String detail(String body) {
			try {
				return JSON.readTree(body).get("detail").textValue();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		static Told denied(long seconds) {
			String unit = (seconds == 1) ? " second." : " seconds.";
			return new Told(429, Optional.of(Long.toString(seconds)),
					Optional.of(SENTENCE + " Expected available in " + seconds + unit));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, ThrottleClock.class, WaitingThrottle.Waits.class, Views.class })
	static class Application {

		@Bean
		MemoryCacheBackend cacheBackend(ThrottleClock clock) {
			return MemoryCacheBackend.builder().clock(clock).build();
		}

		@Bean
		WaitingThrottle firstThrottle(WaitingThrottle.Waits waits) {
			return new WaitingThrottle(waits, 0);
		}

		@Bean
		WaitingThrottle secondThrottle(WaitingThrottle.Waits waits) {
			return new WaitingThrottle(waits, 1);
		}

		@Bean
		WaitingThrottle thirdThrottle(WaitingThrottle.Waits waits) {
			return new WaitingThrottle(waits, 2);
		}

		@Bean
		WaitingThrottle fourthThrottle(WaitingThrottle.Waits waits) {
			return new WaitingThrottle(waits, 3);
		}

	}

	/**
	 * Denies for as long as the vector says, where it says something about this throttle.
	 */
	static class WaitingThrottle implements BaseThrottle {

		private final Waits waits;

		private final int place;

		WaitingThrottle(Waits waits, int place) {
			this.waits = waits;
			this.place = place;
		}

		@Override
		public Verdict check(ThrottleRequest request) {
			List<Verdict> verdicts = this.waits.verdicts;
			return (this.place < verdicts.size()) ? verdicts.get(this.place) : Verdict.allow();
		}

		static class Waits {

			private volatile List<Verdict> verdicts = List.of();

			void set(List<Verdict> verdicts) {
				this.verdicts = verdicts;
			}

		}

	}

	/**
	 * An exception with a sentence of its own, as DRF's {@code Throttled(detail=...)}.
	 */
	static class SlowDownException extends ThrottledException {

		SlowDownException() {
		}

		SlowDownException(Duration wait) {
			super(wait);
		}

		@Override
		public String getMessage() {
			return String.valueOf(super.getMessage()).replace(SENTENCE, "Slow down.");
		}

	}

	@RestController
	@RequestMapping(method = { RequestMethod.GET, RequestMethod.POST }, produces = MediaType.APPLICATION_JSON_VALUE)
	static class Views {

		@RequestMapping("/anon")
		@Throttle(use = AnonRateThrottle.class)
		Map<String, Boolean> anon() {
			return Map.of("ok", true);
		}

		@RequestMapping("/user")
		@Throttle(use = UserRateThrottle.class)
		Map<String, Boolean> user() {
			return Map.of("ok", true);
		}

		@RequestMapping("/waiting")
		@Throttle(use = WaitingThrottle.class)
		Map<String, Boolean> waiting() {
			return Map.of("ok", true);
		}

		@RequestMapping("/unthrottled")
		@Unthrottled
		Map<String, Boolean> unthrottled() {
			return Map.of("ok", true);
		}

		@RequestMapping("/raised")
		@Unthrottled
		Map<String, Boolean> raised(@RequestHeader("X-Raise") String id) {
			throw switch (id) {
				case "raised-plain" -> new ThrottledException();
				case "raised-wait" -> new ThrottledException(Duration.ofSeconds(3));
				case "raised-wait-float" -> new ThrottledException(Duration.ofMillis(2100));
				case "raised-wait-zero" -> new ThrottledException(Duration.ZERO);
				case "raised-detail", "raised-code" -> new SlowDownException();
				case "raised-detail-wait" -> new SlowDownException(Duration.ofSeconds(1));
				default -> new IllegalArgumentException(id);
			};
		}

	}

}
