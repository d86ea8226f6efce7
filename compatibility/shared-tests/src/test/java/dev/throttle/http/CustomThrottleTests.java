package dev.throttle.http;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Throttles of the application's own, and many requests at once.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "throttle.rates.user=20/hour", "logging.level.root=off" })
class CustomThrottleTests {

	private final Places places;

	private final Moody moody;

	private final Caller anyone;

	private Caller caller;

	@Autowired
	CustomThrottleTests(Places places, Moody moody, @LocalServerPort int port) {
		this.places = places;
		this.moody = moody;
		this.anyone = Caller.of(port);
	}

	@BeforeEach
	void callAsNewcomer() {
		this.caller = this.anyone.asNewcomer();
		this.moody.asked.set(0);
		this.moody.released.set(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "exception", "error", "null" })
	void failingThrottleMakesAServerErrorAndIsAskedOnce(String mood) {
		HttpResponse<String> failed = this.caller.with("X-Mood", mood).get("/plain");
		assertThat(failed.statusCode()).isEqualTo(500);
		assertThat(this.moody.asked).hasValue(1);
		assertThat(this.places.taken(this.caller.user())).isOne();
		assertThat(this.places.givenBack(this.caller.user())).isOne();
		assertThat(this.caller.remaining("/plain")).as("nothing was recorded").isEqualTo(19);
	}

	@ParameterizedTest
	@ValueSource(strings = { "bad-release", "bad-release-error" })
	void releaseThatFailsChangesNeitherTheAnswerNorOtherReleases(String mood) {
		assertThat(this.caller.with("X-Mood", mood).get("/plain").statusCode()).isEqualTo(200);
		assertThat(this.caller.with("X-Mood", mood).with("X-Closed", "yes").get("/plain").statusCode()).isEqualTo(429);
		assertThat(this.places.taken(this.caller.user())).isEqualTo(2);
		Awaitility.await().untilAsserted(() -> assertThat(this.places.givenBack(this.caller.user())).isEqualTo(2));
		assertThat(this.moody.released).hasValue(2);
	}

	@Test
	void denialOfNoKnownWaitHasNoRetryAfter() {
		HttpResponse<String> denied = this.caller.with("X-Mood", "closed").get("/plain");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).isEmpty();
		assertThat(denied.body()).isEqualTo("{\"type\":\"about:blank\",\"title\":\"Too Many Requests\",\"status\":429,"
				+ "\"detail\":\"Request was throttled.\",\"instance\":\"/plain\"}");
	}

	@Test
	void parallelRequestsAreAdmittedExactlyToTheLimit() {
		List<CompletableFuture<HttpResponse<String>>> sent = IntStream.range(0, 64)
			.mapToObj((i) -> this.caller.getAsync("/plain"))
			.toList();
		List<Integer> statuses = sent.stream().map((response) -> response.join().statusCode()).toList();
		assertThat(statuses).containsOnly(200, 429);
		assertThat(statuses.stream().filter((status) -> status == 200)).hasSize(20);
		assertThat(sent.stream()
			.map(CompletableFuture::join)
			.filter((response) -> response.statusCode() == 200)
			.map((response) -> response.headers().firstValueAsLong("X-RateLimit-Remaining").orElseThrow()))
			.containsExactlyInAnyOrder(IntStream.range(0, 20).mapToObj(Long::valueOf).toArray(Long[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Places.class, Handlers.class, Moody.class })
	static class Application {

		@Bean
		@Order(2)
		BaseThrottle closedThrottle() {
			return (request) -> (request.header("X-Closed") != null) ? Verdict.deny(Duration.ofMinutes(1))
					: Verdict.allow();
		}

	}

	/**
	 * Does what the request says.
	 */
	@Order(1)
	static class Moody implements BaseThrottle {

		private final AtomicInteger asked = new AtomicInteger();

		private final AtomicInteger released = new AtomicInteger();

		@Override
		public Verdict check(ThrottleRequest request) {
			this.asked.incrementAndGet();
			String mood = request.header("X-Mood");
			return switch ((mood != null) ? mood : "good") {
				case "exception" -> throw new IllegalStateException("The throttle fails");
				case "error" -> throw new AssertionError("The throttle fails badly");
				case "null" -> null;
				case "closed" -> Verdict.deny();
				case "bad-release" -> Verdict.allow(() -> {
					this.released.incrementAndGet();
					throw new IllegalStateException("The release fails");
				});
				case "bad-release-error" -> Verdict.allow(() -> {
					this.released.incrementAndGet();
					throw new AssertionError("The release fails badly");
				});
				default -> Verdict.allow();
			};
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
