package dev.throttle.http;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How the filter before authentication waits for its decision on WebFlux, and that
 * clients who leave give back what they took.
 */
class ReactiveFilterTests {

	private static final int CLIENTS = 200;

	private RunningApplication application;

	private Gate gate;

	@BeforeEach
	void start() {
		this.application = RunningApplication.start(Application.class, "throttle.filter.throttles=gate",
				"logging.level.root=off");
		this.gate = this.application.bean(Gate.class);
		this.gate.forgetTheTestRequest();
	}

	@AfterEach
	void stop() {
		this.application.close();
	}

	@Test
	void clientsThatLeaveBeforeTheDecisionGiveBackTheirPlaces() {
		List<RawConnection> connections = send("/plain", "X-Later: yes");
		await().untilAsserted(() -> assertThat(this.gate.waiting).hasSize(CLIENTS));
		connections.forEach(RawConnection::reset);
		assertThat(this.application.caller().get("/plain").statusCode()).isEqualTo(200);
		this.gate.open();
		assertPlacesAreGivenBack(CLIENTS + 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/never", "/endless" })
	void clientsThatLeaveAfterTheDecisionGiveBackTheirPlaces(String path) {
		List<RawConnection> connections = send(path, "X-Later: no");
		await().untilAsserted(() -> assertThat(this.gate.taken).hasValue(CLIENTS));
		connections.forEach(RawConnection::reset);
		assertPlacesAreGivenBack(CLIENTS);
	}

	@Test
	void requestGoesOnOnAnEventLoopThoughItsDecisionComesFromAnotherThread() {
		assertThat(this.application.caller().get("/thread").body()).contains("-http-");
		CompletableFuture<String> later = this.application.caller()
			.with("X-Later", "yes")
			.getAsync("/thread")
			.thenApply((response) -> response.body());
		await().untilAsserted(() -> assertThat(this.gate.waiting).hasSize(1));
		this.gate.open();
		assertThat(later.join()).contains("-http-");
	}

	private List<RawConnection> send(String path, String header) {
		return Stream.generate(() -> this.application.caller().connect())
			.limit(CLIENTS)
			.peek((connection) -> connection.send("GET " + path, header))
			.toList();
	}

	private void assertPlacesAreGivenBack(int places) {
		await().untilAsserted(() -> assertThat(this.gate.givenBack).hasValue(places));
		assertThat(this.gate.taken).hasValue(places);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

		@Bean
		Gate gate() {
			return new Gate();
		}

	}

	/**
	 * Gives each request a place, at once or later.
	 */
	static class Gate implements BaseThrottle {

		private final Queue<CompletableFuture<Verdict>> waiting = new ConcurrentLinkedQueue<>();

		private final AtomicInteger taken = new AtomicInteger();

		private final AtomicInteger givenBack = new AtomicInteger();

		@Override
		public Verdict check(ThrottleRequest request) {
			this.taken.incrementAndGet();
			return Verdict.allow(this.givenBack::incrementAndGet);
		}

		@Override
		public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
			if (!"yes".equals(request.header("X-Later"))) {
				return CompletableFuture.completedFuture(check(request));
			}
			CompletableFuture<Verdict> verdict = new CompletableFuture<>();
			this.waiting.add(verdict);
			return verdict.thenApply((opened) -> check(request));
		}

		/**
		 * Forget the request by which the library tests a throttle at the start.
		 */
		void forgetTheTestRequest() {
			this.taken.set(0);
			this.givenBack.set(0);
		}

		void open() {
			this.waiting.forEach((verdict) -> verdict.complete(Verdict.allow()));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		Mono<String> plain() {
			return Mono.just("plain");
		}

		@GetMapping("/thread")
		String thread() {
			return Thread.currentThread().getName();
		}

		@GetMapping("/never")
		Mono<String> never() {
			return Mono.never();
		}

		@GetMapping(path = "/endless", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> endless() {
			return Flux.<String>never().startWith("tick");
		}

	}

}
