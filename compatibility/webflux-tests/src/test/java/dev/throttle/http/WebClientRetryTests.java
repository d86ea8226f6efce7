package dev.throttle.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Throttle;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Refused calls of {@code WebClient}, made with the builder of the application.
 */
class WebClientRetryTests {

	/** With a budget that these tests do not use up. */
	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = start("throttle.http-client.retry.budget=100%");
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "429 | 0", "503 | 0", "429 | Sun, 06 Nov 1994 08:49:37 GMT" })
	void refusedCallIsSentAgain(int status, String retryAfter) {
		try (RefusingServer server = RefusingServer.start(2, status, retryAfter)) {
			assertThat(get(server).block()).isEqualTo("passed");
			assertThat(server.received()).containsExactly("GET", "GET", "GET");
		}
	}

	@Test
	void callOnAnEventLoopWaitsWithoutBlockingIt() {
		try (RefusingServer server = RefusingServer.start(1, 429, "1")) {
			AtomicInteger turns = new AtomicInteger();
			Disposable others = Flux.interval(Duration.ofMillis(10)).subscribe((turn) -> turns.incrementAndGet());
			assertThat(get(server).subscribeOn(Schedulers.parallel()).block()).isEqualTo("passed");
			others.dispose();
			assertThat(turns.get()).isGreaterThan(30);
		}
	}

	@Test
	void eachSubscriptionIsACallOfItsOwn() {
		try (RefusingServer server = RefusingServer.start(3, 429, "0")) {
			Mono<String> call = get(server);
			assertThat(call.block()).isEqualTo("passed");
			assertThat(call.block()).isEqualTo("passed");
			assertThat(server.received()).hasSize(5);
		}
	}

	@Test
	void postIsNotSentAgain() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertRefused(webClient(application).post().uri(server.address()).retrieve().bodyToMono(String.class));
			assertThat(server.received()).containsExactly("POST");
		}
	}

	@Test
	void postWithAnIdempotencyKeyIsSentAgain() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertThat(webClient(application).post()
				.uri(server.address())
				.header("Idempotency-Key", "8e03978e")
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("passed");
			assertThat(server.received()).containsExactly("POST", "POST");
		}
	}

	@Test
	void streamedBodyIsNotSentAgain() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertRefused(webClient(application).put()
				.uri(server.address())
				.body(Flux.just("or", "der"), String.class)
				.retrieve()
				.bodyToMono(String.class));
			assertThat(server.received()).containsExactly("PUT order");
		}
	}

	@Test
	void bodyIsSentAgainWhereTheRequestSaysSo() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertThat(webClient(application).put()
				.uri(server.address())
				.attributes(RetryAfterFilter.repeatableBody())
				.bodyValue("order")
				.retrieve()
				.bodyToMono(String.class)
				.block()).isEqualTo("passed");
			assertThat(server.received()).containsExactly("PUT order", "PUT order");
		}
	}

	@Test
	void withoutRoomInTheBudgetTheCallerGetsTheAnswer() {
		try (RunningApplication thrifty = start("throttle.http-client.retry.budget=10%");
				RefusingServer server = RefusingServer.start(100, 429, "0")) {
			for (int call = 0; call < 5; call++) {
				assertRefused(get(thrifty, server));
			}
			assertThat(server.received()).hasSize(5 + 10);
			assertThat(retries(thrifty, "retried")).isEqualTo(10);
			assertThat(retries(thrifty, "no_budget")).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "throttle.http-client.retry.hosts=*.example.com", "throttle.http-client.retry.enabled=false" })
	void otherHostsAreLeftAloneAndAllByDefault(String property) {
		try (RunningApplication other = start(property); RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertRefused(get(other, server));
		}
	}

	@Test
	void callerThatWouldWaitTooLongGetsTheAnswer() {
		try (RefusingServer server = RefusingServer.start(1, 429, "31")) {
			assertRefused(get(server));
			assertThat(server.received()).hasSize(1);
		}
	}

	@Test
	void callerThatLeavesEndsTheWait() {
		try (RefusingServer server = RefusingServer.start(1, 429, "1")) {
			assertThat(get(server).timeout(Duration.ofMillis(500), Mono.just("left")).block()).isEqualTo("left");
			Mono.delay(Duration.ofMillis(800)).block();
			assertThat(server.received()).hasSize(1);
		}
	}

	@Test
	void thirtyCallsOfALimitedApplicationAllPassWithoutDelay() {
		String limited = "http://127.0.0.1:" + application.port("local.server.port") + "/limited";
		WebClient webClient = webClient(application);
		CompletableFuture<Duration> oneByOne = CompletableFuture
			.supplyAsync(() -> PatientCalls.thirty("one-by-one", (user) -> call(webClient, limited, user).block()));
		Duration threeAtOnce = Flux.range(0, PatientCalls.CALLS)
			.flatMap((call) -> call(webClient, limited, "three-at-once"), 3)
			.all("passed"::equals)
			.elapsed()
			.map((passed) -> Duration.ofMillis(passed.getT2() ? passed.getT1() : -1))
			.block();
		PatientCalls.assertWithoutDelay(threeAtOnce);
		PatientCalls.assertWithoutDelay(oneByOne.join());
	}

	private static Mono<String> call(WebClient webClient, String address, String user) {
		return webClient.get().uri(address).header(Caller.USER, user).retrieve().bodyToMono(String.class);
	}

	private static RunningApplication start(String property) {
		return RunningApplication.start(Application.class, "throttle.http-client.retry.enabled=true",
				"management.endpoints.web.exposure.include=metrics", property);
	}

	private static Mono<String> get(RefusingServer server) {
		return get(application, server);
	}

	private static Mono<String> get(RunningApplication application, RefusingServer server) {
		return webClient(application).get().uri(server.address()).retrieve().bodyToMono(String.class);
	}

	private static WebClient webClient(RunningApplication application) {
		return application.bean(WebClient.Builder.class).build();
	}

	private static double retries(RunningApplication application, String outcome) {
		return application.bean(MeterRegistry.class)
			.get("throttle.http.client.retries")
			.tag("outcome", outcome)
			.counter()
			.count();
	}

	private static void assertRefused(Mono<String> call) {
		assertThatExceptionOfType(WebClientResponseException.TooManyRequests.class).isThrownBy(call::block)
			.satisfies((refused) -> assertThat(refused.getResponseBodyAsString()).isEqualTo("refused"));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@RestController
	static class Handlers {

		@GetMapping("/limited")
		@Throttle(rate = PatientCalls.RATE)
		String limited() {
			return "passed";
		}

	}

}
