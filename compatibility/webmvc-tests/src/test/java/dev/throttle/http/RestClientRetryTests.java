package dev.throttle.http;

import java.io.ByteArrayInputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.throttle.Throttle;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Refused calls of {@code RestClient} and {@code RestTemplate}, made with the builders of
 * the application.
 */
class RestClientRetryTests {

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
			assertThat(get(server)).isEqualTo("passed");
			assertThat(server.received()).containsExactly("GET", "GET", "GET");
		}
	}

	@Test
	void refusedCallOfARestTemplateIsSentAgain() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertThat(restTemplate().getForObject(server.address(), String.class)).isEqualTo("passed");
			assertThat(server.received()).containsExactly("GET", "GET");
		}
	}

	@Test
	void callWaitsAsLongAsItIsTold() {
		try (RefusingServer server = RefusingServer.start(1, 429, "1")) {
			Instant begin = Instant.now();
			assertThat(get(server)).isEqualTo("passed");
			assertThat(Duration.between(begin, Instant.now())).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
		}
	}

	@Test
	void postIsNotSentAgain() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertRefused(() -> restClient().post().uri(server.address()).body("order").retrieve().body(String.class));
			assertThat(server.received()).containsExactly("POST order");
		}
	}

	@Test
	void postWithAnIdempotencyKeyIsSentAgain() {
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertThat(restClient().post()
				.uri(server.address())
				.header("Idempotency-Key", "8e03978e")
				.body("order")
				.retrieve()
				.body(String.class)).isEqualTo("passed");
			assertThat(server.received()).containsExactly("POST order", "POST order");
		}
	}

	@Test
	void streamIsReadOnceAndSentAgainWhole() {
		InputStreamResource stream = new InputStreamResource(
				new ByteArrayInputStream("order".getBytes(StandardCharsets.UTF_8)));
		try (RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertThat(restClient().put().uri(server.address()).body(stream).retrieve().body(String.class))
				.isEqualTo("passed");
			assertThat(server.received()).containsExactly("PUT order", "PUT order");
		}
	}

	@Test
	void withoutRoomInTheBudgetTheCallerGetsTheAnswer() {
		try (RunningApplication thrifty = start("throttle.http-client.retry.budget=10%");
				RefusingServer server = RefusingServer.start(100, 429, "0")) {
			for (int call = 0; call < 5; call++) {
				assertRefused(() -> get(thrifty, server));
			}
			assertThat(server.received()).hasSize(5 + 10);
			assertThat(retries(thrifty, "retried")).isEqualTo(10);
			assertThat(retries(thrifty, "no_budget")).isEqualTo(2);
		}
	}

	@Test
	void callerThatWouldWaitTooLongGetsTheAnswer() {
		try (RefusingServer server = RefusingServer.start(1, 503, "31")) {
			String answer = restClient().get()
				.uri(server.address())
				.exchange((request, response) -> response.getStatusCode() + " "
						+ new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
			assertThat(answer).isEqualTo("503 SERVICE_UNAVAILABLE refused");
			assertThat(server.received()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "throttle.http-client.retry.hosts=*.example.com", "throttle.http-client.retry.enabled=false" })
	void otherHostsAreLeftAloneAndAllByDefault(String property) {
		try (RunningApplication other = start(property); RefusingServer server = RefusingServer.start(1, 429, "0")) {
			assertRefused(() -> get(other, server));
		}
	}

	@Test
	void interruptionEndsTheWait() throws InterruptedException {
		try (RefusingServer server = RefusingServer.start(1, 429, "30")) {
			AtomicReference<Throwable> failure = new AtomicReference<>();
			Thread caller = new Thread(() -> {
				try {
					get(server);
				}
				catch (RuntimeException ex) {
					failure.set(ex);
				}
			});
			caller.start();
			while (Stream.of(caller.getStackTrace()).noneMatch((frame) -> frame.getMethodName().equals("sleep"))) {
				Thread.onSpinWait();
			}
			caller.interrupt();
			caller.join();
			assertThat(failure.get()).hasRootCauseInstanceOf(InterruptedIOException.class);
			assertThat(server.received()).hasSize(1);
		}
	}

	@Test
	void thirtyCallsOfALimitedApplicationAllPassWithoutDelay() {
		String limited = "http://127.0.0.1:" + application.port("local.server.port") + "/limited";
		RestClient restClient = restClient(application);
		RestTemplate restTemplate = restTemplate();
		Executor threads = (task) -> new Thread(task).start();
		CompletableFuture<Duration> first = CompletableFuture.supplyAsync(() -> PatientCalls.thirty("rest-client",
				(user) -> restClient.get().uri(limited).header(Caller.USER, user).retrieve().body(String.class)),
				threads);
		CompletableFuture<Duration> second = CompletableFuture.supplyAsync(() -> PatientCalls.thirty("rest-template",
				(user) -> restTemplate.exchange(limited, HttpMethod.GET, PatientCalls.as(user), String.class)
					.getBody()),
				threads);
		PatientCalls.assertWithoutDelay(first.join());
		PatientCalls.assertWithoutDelay(second.join());
	}

	private static RunningApplication start(String property) {
		return RunningApplication.start(Application.class, "throttle.http-client.retry.enabled=true",
				"management.endpoints.web.exposure.include=metrics", property);
	}

	private static String get(RefusingServer server) {
		return get(application, server);
	}

	private static String get(RunningApplication application, RefusingServer server) {
		return restClient(application).get().uri(server.address()).retrieve().body(String.class);
	}

	private static RestClient restClient() {
		return restClient(application);
	}

	private static RestClient restClient(RunningApplication application) {
		return application.bean(RestClient.Builder.class).build();
	}

	/**
	 * The builder's type has another package in each line.
	 */
	private static RestTemplate restTemplate() {
		Object builder = application.bean("restTemplateBuilder");
		try {
			return (RestTemplate) builder.getClass().getMethod("build").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static double retries(RunningApplication application, String outcome) {
		return application.bean(MeterRegistry.class)
			.get("throttle.http.client.retries")
			.tag("outcome", outcome)
			.counter()
			.count();
	}

	private static void assertRefused(Runnable call) {
		assertThatExceptionOfType(HttpClientErrorException.TooManyRequests.class).isThrownBy(call::run)
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
