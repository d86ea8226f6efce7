package dev.throttle.http;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.throttle.http.RequestLifeApplication.Observations;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whichever way a request goes and ends on Spring MVC, it is counted once, and what a
 * throttle gave it is given back once. {@code ReactiveLifeTests} has the ways of WebFlux.
 */
class RequestLifeTests {

	private static final int LIMIT = 100;

	private static RunningApplication application;

	private static Places places;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(RequestLifeApplication.class, "throttle.rates.user=" + LIMIT + "/hour",
				"throttle.rates.anon=1000000/hour", "logging.level.root=off", "server.shutdown=graceful",
				"spring.lifecycle.timeout-per-shutdown-phase=2s");
		places = application.bean(Places.class);
	}

	/**
	 * Once the server is down nothing can give a place back any more.
	 */
	@AfterAll
	static void noPlaceIsLostOrGivenBackTwice() {
		application.close();
		assertThat(places.users()).isNotEmpty()
			.allSatisfy((user) -> assertThat(places.givenBack(user)).as(user).isEqualTo(places.taken(user)));
	}

	@ParameterizedTest
	@CsvSource({ "/plain, 200", "/callable, 200", "/callable/failing, 500", "/deferred/result, 200",
			"/deferred/error, 500", "/deferred/throttled, 429", "/future, 200", "/future/failing, 500",
			"/sse/complete, 200", "/sse/error, 200", "/stream, 200", "/stream/failing, 500", "/failing, 500",
			"/failing/error, 500", "/status-exception, 410", "/send-error, 409", "/throttled, 429", "/view, 200",
			"/view/failing, 500", "/forward/view, 200", "/forward/dispatcher, 200", "/forward/async, 200",
			"/forward/failing, 500", "/include, 200", "/async-context/complete, 200", "/async-context/dispatch, 200",
			"/redirect, 302", "/later-throws, 500", "/later-refuses, 403", "/unreadable?number=x, 400",
			"/unthrottled/forward, 200", "/unthrottled/forward-view, 200", "/view-controller, 200" })
	void requestIsCountedOnceAndGivesBackItsPlaceOnce(String path, int status) {
		Caller caller = application.caller().asNewcomer();
		int answered = answer(caller, path);
		assertThat(answered).isEqualTo(status);
		assertOneRequestIsOver(caller);
	}

	private static int answer(Caller caller, String path) {
		try (RawConnection connection = caller.connect()) {
			return connection.exchange("GET " + path, Caller.USER + ": " + caller.user()).status();
		}
	}

	@Test
	void timedOutRequestIsCountedOnceAndGivesBackItsPlaceOnce() {
		List<String> paths = List.of("/callable/timeout", "/deferred/timeout", "/deferred/timeout-result",
				"/sse/timeout", "/async-context/timeout", "/stream/timeout");
		List<Caller> callers = paths.stream().map((path) -> application.caller().asNewcomer()).toList();
		List<Integer> statuses = paths.parallelStream()
			.map((path) -> answer(callers.get(paths.indexOf(path)), path))
			.toList();
		assertThat(statuses).hasSize(paths.size());
		assertThat(statuses.subList(0, 3)).containsExactly(503, 503, 200);
		callers.forEach(RequestLifeTests::assertOneRequestIsOver);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/sse/endless", "/stream/endless" })
	void requestWhoseClientIsGoneIsCountedOnceAndGivesBackItsPlaceOnce(String path) {
		Caller caller = application.caller().asNewcomer();
		RawConnection connection = caller.connect();
		connection.send("GET " + path, Caller.USER + ": " + caller.user());
		connection.readUntil("tick");
		assertThat(places.givenBack(caller.user())).isZero();
		connection.reset();
		assertOneRequestIsOver(caller);
	}

	@Test
	void clientsThatAreGoneAtOnceGiveBackTheirPlaces() {
		List<Caller> callers = Stream.generate(() -> application.caller().asNewcomer()).limit(100).toList();
		callers.parallelStream().forEach((caller) -> {
			RawConnection connection = caller.connect();
			connection.send("GET /sse/endless", Caller.USER + ": " + caller.user());
			connection.readUntil("tick");
			connection.reset();
		});
		await().untilAsserted(
				() -> assertThat(callers).allSatisfy((caller) -> assertThat(places.givenBack(caller.user())).isOne()));
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
	void requestThatAQuotaDeniesGivesBackItsPlaceBeforeItIsAnswered() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/once").statusCode()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(places.givenBack(caller.user())).isOne());
		assertThat(caller.get("/once").statusCode()).isEqualTo(429);
		assertThat(places.givenBack(caller.user())).isEqualTo(2);
		assertThat(places.taken(caller.user())).isEqualTo(2);
		assertThat(caller.remaining("/plain")).isEqualTo(LIMIT - 2);
	}

	@Test
	void requestThatIsDeniedWithinAForwardGivesBackItsPlaceOnce() {
		Caller caller = application.caller().asNewcomer().with("X-Closed", "yes");
		assertThat(caller.get("/unthrottled/forward").statusCode()).isEqualTo(429);
		assertThat(places.givenBack(caller.user())).isOne();
		assertThat(places.taken(caller.user())).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/include/hold", "/forward/hold" })
	void placeIsHeldUntilTheOutermostHandlerIsThrough(String path) {
		Caller caller = application.caller().asNewcomer();
		caller.get(path);
		Observations observations = application.bean(Observations.class);
		await().untilAsserted(() -> assertThat(observations.heldAfterDispatch(caller.user())).isTrue());
		assertOneRequestIsOver(caller);
	}

	@Test
	void unthrottledRequestTakesNoPlace() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/unthrottled").statusCode()).isEqualTo(200);
		assertThat(places.taken(caller.user())).isZero();
		assertThat(caller.remaining("/plain")).isEqualTo(LIMIT - 1);
	}

	@Test
	void requestsOnOneConnectionAreCountedEach() {
		Caller caller = application.caller().as("patient");
		for (int i = 1; i <= 5; i++) {
			assertThat(caller.remaining("/plain")).isEqualTo(LIMIT - i);
		}
		await().untilAsserted(() -> assertThat(places.givenBack("patient")).isEqualTo(5));
		assertThat(places.taken("patient")).isEqualTo(5);
	}

	private static void assertOneRequestIsOver(Caller caller) {
		String user = caller.user();
		await().untilAsserted(() -> assertThat(places.givenBack(user)).isOne());
		assertThat(places.taken(user)).isOne();
		assertThat(caller.remaining("/plain")).isEqualTo(LIMIT - 2);
		await().untilAsserted(() -> assertThat(places.givenBack(user)).isEqualTo(2));
		assertThat(places.taken(user)).isEqualTo(2);
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofSeconds(15));
	}

}
