package dev.throttle.http;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls of {@code RestClient} and {@code RestTemplate} under an outgoing limit, made with
 * the builders of the application.
 */
class RestClientPacingTests {

	@Test
	void callsOfAllClientsArriveAtTheRateTogether() {
		Executor threads = (task) -> new Thread(task).start();
		try (RunningApplication application = start("3/s", "10s"); RecordingServer server = RecordingServer.start()) {
			RestClient restClient = restClient(application);
			RestTemplate restTemplate = restTemplate(application);
			List<CompletableFuture<String>> calls = Stream
				.<Supplier<String>>of(() -> restClient.get().uri(server.address()).retrieve().body(String.class),
						() -> restTemplate.getForObject(server.address(), String.class))
				.flatMap((call) -> Stream.generate(() -> CompletableFuture.supplyAsync(call, threads)).limit(4))
				.toList();
			assertThat(calls).allSatisfy((call) -> assertThat(call.join()).isEqualTo("passed"));
			assertThat(RecordingServer.most(server.arrivals(), TimeUnit.SECONDS.toNanos(1))).isLessThanOrEqualTo(3);
			assertThat(application.bean(MeterRegistry.class)
				.get("throttle.outgoing.wait")
				.tags("scope", "partner", "outcome", "sent")
				.timer()
				.count()).isEqualTo(8);
		}
	}

	@Test
	void callWithoutRoomFailsAndIsNotADenialOfTheCallersClient() {
		try (RunningApplication application = start("1/min", "2s"); RecordingServer server = RecordingServer.start()) {
			assertThat(application.caller().get("/calls?target=" + server.address()).statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/calls?target=" + server.address()).statusCode()).isEqualTo(500);
			assertThat(server.arrivals()).hasSize(1);
			assertThatExceptionOfType(OutgoingLimitException.class).isThrownBy(() -> get(application, server.address()))
				.satisfies((refused) -> {
					assertThat(refused.getScope()).isEqualTo("partner");
					assertThat(refused.getRetryAfter()).isBetween(Duration.ofSeconds(30), Duration.ofSeconds(60));
					assertThat(refused.getStackTrace())
						.anyMatch((frame) -> frame.getClassName().startsWith(RestClientPacingTests.class.getName()));
				});
			assertThat(application.caller().get("/actuator/throttles/partner?client=all:all").body())
				.contains("partner");
		}
	}

	@Test
	void eachRequestOfACallThatIsSentAgainIsPaced() {
		try (RunningApplication application = start("3/min", "0s", "throttle.http-client.retry.enabled=true");
				RefusingServer server = RefusingServer.start(2, 429, "0")) {
			assertThat(get(application, server.address())).isEqualTo("passed");
			assertThatExceptionOfType(OutgoingLimitException.class)
				.isThrownBy(() -> get(application, server.address()));
			assertThat(server.received()).hasSize(3);
		}
	}

	@Test
	void refusedCallClosesTheLimit() {
		try (RunningApplication application = start("50/s", "2s");
				RefusingServer server = RefusingServer.start(1, 429, "60")) {
			assertThatExceptionOfType(HttpClientErrorException.TooManyRequests.class)
				.isThrownBy(() -> get(application, server.address()));
			assertThatExceptionOfType(OutgoingLimitException.class)
				.isThrownBy(() -> get(application, server.address()));
			assertThat(server.received()).hasSize(1);
			RateRegistry rates = application.bean(RateRegistry.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(rates.overrides().get(Scope.of("partner")).rates()).isEqualTo("0/s"));
			rates.removeOverride("partner");
			assertThat(get(application, server.address())).isEqualTo("passed");
		}
	}

	@Test
	void otherHostsAreLeftAlone() {
		try (RunningApplication application = start("1/min", "0s",
				"throttle.outgoing.partner.host=api.example.com, *.example.org");
				RecordingServer server = RecordingServer.start()) {
			for (int i = 0; i < 3; i++) {
				assertThat(get(application, server.address())).isEqualTo("passed");
			}
		}
	}

	@Test
	void interruptionEndsTheWait() throws InterruptedException {
		try (RunningApplication application = start("1/min", "10m"); RecordingServer server = RecordingServer.start()) {
			get(application, server.address());
			AtomicReference<Throwable> failure = new AtomicReference<>();
			Thread caller = new Thread(() -> {
				try {
					get(application, server.address());
				}
				catch (RuntimeException ex) {
					failure.set(ex);
				}
			});
			caller.start();
			while (Stream.of(caller.getStackTrace())
				.noneMatch((frame) -> frame.getClassName().equals(PacingInterceptor.class.getName()))) {
				Thread.onSpinWait();
			}
			caller.interrupt();
			caller.join();
			assertThat(failure.get()).hasRootCauseInstanceOf(InterruptedIOException.class);
			assertThat(server.arrivals()).hasSize(1);
		}
	}

	private static RunningApplication start(String rate, String maxWait, String... properties) {
		return RunningApplication.start(Application.class,
				Stream
					.concat(Stream.of("throttle.outgoing.partner.rate=" + rate,
							"throttle.outgoing.partner.host=127.0.0.1", "throttle.outgoing.partner.max-wait=" + maxWait,
							"management.endpoints.web.exposure.include=throttles"), Stream.of(properties))
					.toArray(String[]::new));
	}

	private static String get(RunningApplication application, String address) {
		return restClient(application).get().uri(address).retrieve().body(String.class);
	}

	private static RestClient restClient(RunningApplication application) {
		return application.bean(RestClient.Builder.class).build();
	}

	/**
	 * The builder's type has another package in each line.
	 */
	private static RestTemplate restTemplate(RunningApplication application) {
		Object builder = application.bean("restTemplateBuilder");
		try {
			return (RestTemplate) builder.getClass().getMethod("build").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		private final RestClient client;

		Handlers(RestClient.Builder client) {
			this.client = client.build();
		}

		@GetMapping("/calls")
		String call(@RequestParam("target") String target) {
			return this.client.get().uri(target).retrieve().body(String.class);
		}

	}

}
