package dev.throttle.http;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.throttle.Scope;
import dev.throttle.engine.RateRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientResponseException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls of {@code WebClient} under an outgoing limit, made with the builder of the
 * application.
 */
class WebClientPacingTests {

	@Test
	void callsArriveAtTheRate() {
		try (RunningApplication application = start("1/s", "10s"); RecordingServer server = RecordingServer.start()) {
			assertThat(Flux.range(0, 3)
				.flatMap((call) -> get(application, server.address()), 3)
				.all("passed"::equals)
				.block()).isTrue();
			assertThat(RecordingServer.most(server.arrivals(), TimeUnit.SECONDS.toNanos(1))).isEqualTo(1);
			assertThat(application.bean(MeterRegistry.class)
				.get("throttle.outgoing.wait")
				.tags("scope", "partner", "outcome", "sent")
				.timer()
				.count()).isEqualTo(3);
		}
	}

	@Test
	void callOnAnEventLoopWaitsWithoutBlockingIt() {
		Scheduler eventLoop = Schedulers.newParallel("event-loop", 1);
		try (RunningApplication application = start("1/min", "10m"); RecordingServer server = RecordingServer.start()) {
			get(application, server.address()).block();
			Disposable waiting = get(application, server.address()).subscribeOn(eventLoop).subscribe();
			assertThat(Mono.fromCallable(waiting::isDisposed).subscribeOn(eventLoop).block(Duration.ofSeconds(30)))
				.isFalse();
			waiting.dispose();
			assertThat(server.arrivals()).hasSize(1);
		}
		finally {
			eventLoop.dispose();
		}
	}

	@Test
	void callWithoutRoomFailsAndIsNotADenialOfTheCallersClient() {
		try (RunningApplication application = start("1/min", "2s"); RecordingServer server = RecordingServer.start()) {
			assertThat(application.caller().get("/calls?target=" + server.address()).statusCode()).isEqualTo(200);
			assertThat(application.caller().get("/calls?target=" + server.address()).statusCode()).isEqualTo(500);
			assertThat(server.arrivals()).hasSize(1);
			assertThatExceptionOfType(OutgoingLimitException.class)
				.isThrownBy(() -> get(application, server.address()).block())
				.satisfies((refused) -> assertThat(refused.getScope()).isEqualTo("partner"));
			assertThat(application.caller().get("/actuator/throttles/partner?client=all:all").body())
				.contains("partner");
		}
	}

	@Test
	void eachRequestOfACallThatIsSentAgainIsPaced() {
		try (RunningApplication application = start("3/min", "0s", "throttle.http-client.retry.enabled=true");
				RefusingServer server = RefusingServer.start(2, 429, "0")) {
			assertThat(get(application, server.address()).block()).isEqualTo("passed");
			assertThatExceptionOfType(OutgoingLimitException.class)
				.isThrownBy(() -> get(application, server.address()).block());
			assertThat(server.received()).hasSize(3);
		}
	}

	@Test
	void refusedCallClosesTheLimit() {
		try (RunningApplication application = start("50/s", "2s");
				RefusingServer server = RefusingServer.start(1, 429, "60")) {
			assertThatExceptionOfType(WebClientResponseException.TooManyRequests.class)
				.isThrownBy(() -> get(application, server.address()).block());
			assertThatExceptionOfType(OutgoingLimitException.class)
				.isThrownBy(() -> get(application, server.address()).block());
			assertThat(server.received()).hasSize(1);
			RateRegistry rates = application.bean(RateRegistry.class);
			Awaitility.await()
				.untilAsserted(() -> assertThat(rates.overrides().get(Scope.of("partner")).rates()).isEqualTo("0/s"));
			rates.removeOverride("partner");
			assertThat(get(application, server.address()).block()).isEqualTo("passed");
		}
	}

	@Test
	void callerThatLeavesEndsTheWait() {
		try (RunningApplication application = start("1/s", "10s"); RecordingServer server = RecordingServer.start()) {
			get(application, server.address()).block();
			Mono<String> leaving = get(application, server.address()).timeout(Duration.ofMillis(200),
					Mono.just("left"));
			assertThat(leaving.block()).isEqualTo("left");
			assertThat(get(application, server.address()).block()).isEqualTo("passed");
			assertThat(server.arrivals()).hasSize(2);
		}
	}

	@Test
	void otherHostsAreLeftAlone() {
		try (RunningApplication application = start("1/min", "0s",
				"throttle.outgoing.partner.host=api.example.com, *.example.org");
				RecordingServer server = RecordingServer.start()) {
			for (int i = 0; i < 3; i++) {
				assertThat(get(application, server.address()).block()).isEqualTo("passed");
			}
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

	private static Mono<String> get(RunningApplication application, String address) {
		return application.bean(WebClient.Builder.class).build().get().uri(address).retrieve().bodyToMono(String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		private final WebClient client;

		Handlers(WebClient.Builder client) {
			this.client = client.build();
		}

		@GetMapping("/calls")
		Mono<String> call(@RequestParam("target") String target) {
			return this.client.get().uri(target).retrieve().bodyToMono(String.class);
		}

	}

}
