package dev.throttle.http;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Unthrottled;
import dev.throttle.Verdict;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a reactive request ends, it is counted once, and what a throttle gave it is
 * given back once.
 */
class ReactiveLifeTests {

	private static final int LIMIT = 100;

	private static RunningApplication application;

	private static Places places;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(Application.class, "throttle.rates.user=" + LIMIT + "/hour",
				"logging.level.root=off");
		places = application.bean(Places.class);
	}

	@AfterAll
	static void noPlaceIsLostOrGivenBackTwice() {
		application.close();
		assertThat(places.users()).isNotEmpty()
			.allSatisfy((user) -> assertThat(places.givenBack(user)).as(user).isEqualTo(places.taken(user)));
	}

	@ParameterizedTest
	@CsvSource({ "/plain, 200", "/void, 200", "/mono, 200", "/delayed, 200", "/empty, 200", "/flux, 200",
			"/events, 200", "/failing, 500", "/failing/mono, 500", "/failing/flux, 500", "/gone, 410", "/route, 200",
			"/route/failing, 500" })
	void requestIsCountedOnceAndGivesBackItsPlaceOnce(String path, int status) {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get(path).statusCode()).isEqualTo(status);
		assertOneRequestIsOver(caller);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/delayed", "/failing" })
	void requestThatIsDecidedLateIsCountedOnceAndGivesBackItsPlaceOnce(String path) {
		Caller caller = application.caller().asNewcomer();
		caller.with("X-Slow", "5").get(path);
		assertOneRequestIsOver(caller);
	}

	@Test
	void clientsThatLeaveWhileTheAnswerIsSentGiveBackTheirPlaces() {
		leave("/endless", "X-None: none", true);
	}

	@Test
	void clientsThatLeaveWhileTheHandlerRunsGiveBackTheirPlaces() {
		leave("/never", "X-None: none", false);
	}

	@Test
	void clientsThatLeaveBeforeTheDecisionGiveBackTheirPlaces() {
		List<String> users = leave("/plain", "X-Slow: 50", false);
		await().untilAsserted(() -> assertThat(application.bean(DecidedUsers.class).users).containsAll(users));
	}

	private static List<String> leave(String path, String header, boolean isStreaming) {
		List<Caller> callers = Stream.generate(() -> application.caller().asNewcomer()).limit(200).toList();
		callers.parallelStream().forEach((caller) -> {
			RawConnection connection = caller.connect();
			connection.send("GET " + path, Caller.USER + ": " + caller.user(), header);
			if (isStreaming) {
				connection.readUntil("tick");
			}
			await().until(() -> places.taken(caller.user()) == 1);
			connection.reset();
		});
		await().untilAsserted(
				() -> assertThat(callers).allSatisfy((caller) -> assertThat(places.givenBack(caller.user())).isOne()));
		assertThat(callers).allSatisfy((caller) -> assertThat(places.taken(caller.user())).isOne());
		return callers.stream().map(Caller::user).toList();
	}

	@Test
	void requestThatAnotherThrottleDeniesGivesBackItsPlaceBeforeItIsAnswered() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.with("X-Closed", "yes").get("/plain").statusCode()).isEqualTo(429);
		assertThat(places.givenBack(caller.user())).isOne();
		assertThat(places.taken(caller.user())).isOne();
		assertThat(caller.remaining("/plain")).as("the denied request is not recorded").isEqualTo(LIMIT - 1);
	}

	@Test
	void throttleThatBlocksRunsOnAWorker() {
		assertThat(application.caller().asNewcomer().with("X-Slow", "1").get("/plain").body()).isEqualTo("plain");
		assertThat(SlowThrottle.lastThread).startsWith("boundedElastic");
	}

	@Test
	void slowDecisionsDoNotHoldUpOtherRequests() throws Exception {
		List<Caller> slow = Stream.generate(() -> application.caller().asNewcomer().with("X-Meet", "yes"))
			.limit(2)
			.toList();
		var first = slow.get(0).getAsync("/plain");
		assertThat(application.caller().get("/unthrottled").statusCode()).isEqualTo(200);
		var second = slow.get(1).getAsync("/plain");
		assertThat(first.get().statusCode()).isEqualTo(200);
		assertThat(second.get().statusCode()).isEqualTo(200);
	}

	private static void assertOneRequestIsOver(Caller caller) {
		String user = caller.user();
		await().untilAsserted(() -> assertThat(places.givenBack(user)).isOne());
		assertThat(places.taken(user)).isOne();
		assertThat(caller.remaining("/plain")).isEqualTo(LIMIT - 2);
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofSeconds(15));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Places.class, SlowThrottle.class, DecidedUsers.class, Handlers.class })
	static class Application {

		@Bean
		BaseThrottle closed() {
			return (request) -> (request.header("X-Closed") != null) ? Verdict.deny(Duration.ofSeconds(1))
					: Verdict.allow();
		}

		@Bean
		RouterFunction<ServerResponse> routes() {
			return RouterFunctions.route()
				.GET("/route", (request) -> ServerResponse.ok().bodyValue("route"))
				.GET("/route/failing", (request) -> {
					throw new IllegalStateException("The route fails");
				})
				.build();
		}

	}

	/**
	 * The users whose requests were decided, as listeners are told.
	 */
	static class DecidedUsers implements DecisionListener {

		private final Set<String> users = ConcurrentHashMap.newKeySet();

		@Override
		public void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
			this.users.add(request.client().ident());
		}

	}

	/**
	 * Sleeps as long as the request says, or until another request comes.
	 */
	@Order(1)
	static class SlowThrottle implements BaseThrottle {

		private static volatile String lastThread = "";

		private final CyclicBarrier meeting = new CyclicBarrier(2);

		@Override
		public Verdict check(ThrottleRequest request) {
			String slow = request.header("X-Slow");
			try {
				if (slow != null) {
					lastThread = Thread.currentThread().getName();
					Thread.sleep(Long.parseLong(slow));
				}
				if (request.header("X-Meet") != null) {
					this.meeting.await(10, TimeUnit.SECONDS);
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			return Verdict.allow();
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/void")
		void nothing() {
		}

		@GetMapping("/mono")
		Mono<String> mono() {
			return Mono.just("mono");
		}

		@GetMapping("/delayed")
		Mono<String> delayed() {
			return Mono.just("delayed").delayElement(Duration.ofMillis(2));
		}

		@GetMapping("/empty")
		Mono<Void> empty() {
			return Mono.empty();
		}

		@GetMapping("/flux")
		Flux<String> flux() {
			return Flux.just("a", "b");
		}

		@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> events() {
			return Flux.just("a", "b").delayElements(Duration.ofMillis(1));
		}

		@GetMapping(path = "/endless", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> endless() {
			return Flux.interval(Duration.ofMillis(5)).onBackpressureDrop().map((number) -> "tick");
		}

		@GetMapping("/never")
		Mono<String> never() {
			return Mono.never();
		}

		@GetMapping("/failing")
		String failing() {
			throw new IllegalStateException("The handler fails");
		}

		@GetMapping("/failing/mono")
		Mono<String> failingLater() {
			return Mono.error(new IllegalStateException("The handler fails"));
		}

		@GetMapping("/failing/flux")
		Flux<String> failingFlux() {
			return Flux.error(new IllegalStateException("The handler fails"));
		}

		@GetMapping("/gone")
		Mono<String> gone() {
			return Mono.error(new ResponseStatusException(HttpStatus.GONE));
		}

		@GetMapping("/unthrottled")
		@Unthrottled
		String unthrottled() {
			return "unthrottled";
		}

	}

}
