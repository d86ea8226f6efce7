package dev.throttle.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whichever way a request goes and ends on Spring MVC, it counts by the status of its
 * answer. {@code ReactiveCountStatusLifeTests} has the ways of WebFlux.
 */
class CountStatusLifeTests {

	private static RunningApplication application;

	private static Places places;

	private static SettledScopes settled;

	@BeforeAll
	static void start() {
		List<String> properties = new ArrayList<>(List.of(StatusClasses.PROPERTIES));
		properties.addAll(List.of("logging.level.root=off", "throttle.rates.anon=100/s", "throttle.rates.user=100/s"));
		application = RunningApplication.start(Application.class, properties.toArray(String[]::new));
		places = application.bean(Places.class);
		settled = application.bean(SettledScopes.class);
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
	@ValueSource(strings = { "/plain", "/callable", "/callable/failing", "/deferred/result", "/deferred/error",
			"/deferred/throttled", "/future", "/future/failing", "/sse/complete", "/sse/error", "/stream",
			"/stream/failing", "/failing", "/failing/error", "/status-exception", "/send-error", "/throttled", "/view",
			"/view/failing", "/forward/view", "/forward/dispatcher", "/forward/async", "/forward/failing", "/include",
			"/async-context/complete", "/async-context/dispatch", "/redirect", "/later-throws", "/later-refuses",
			"/unreadable?number=x", "/unthrottled/forward", "/unthrottled/forward-view", "/view-controller" })
	void requestCountsByTheStatusOfItsAnswer(String path) {
		assertCountsByStatus(path);
	}

	@Test
	void requestThatTimesOutCountsByTheStatusOfItsAnswer() {
		List.of("/callable/timeout", "/deferred/timeout", "/deferred/timeout-result", "/sse/timeout",
				"/async-context/timeout", "/stream/timeout")
			.parallelStream()
			.forEach(CountStatusLifeTests::assertCountsByStatus);
	}

	private static void assertCountsByStatus(String path) {
		Caller caller = application.caller().asNewcomer();
		int status;
		try (RawConnection connection = caller.connect()) {
			status = connection.exchange("GET " + path, Caller.USER + ": " + caller.user()).status();
		}
		await().untilAsserted(() -> assertThat(settled.of(caller.user())).as(path + " is answered with " + status)
			.isEqualTo(StatusClasses.givingBack(status)));
		await().untilAsserted(() -> assertThat(places.givenBack(caller.user())).as(path).isOne());
		assertThat(places.taken(caller.user())).as(path).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/sse/endless", "/stream/endless" })
	void requestWhoseClientIsGoneCountsAsItWasAdmitted(String path) {
		Caller caller = application.caller().asNewcomer();
		RawConnection connection = caller.connect();
		connection.send("GET " + path, Caller.USER + ": " + caller.user());
		connection.readUntil("tick");
		connection.reset();
		await().untilAsserted(() -> assertThat(places.givenBack(caller.user())).isOne());
		assertThat(settled.of(caller.user())).isEmpty();
	}

	private static ConditionFactory await() {
		return Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(2))
			.atMost(Duration.ofSeconds(15));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ RequestLifeApplication.class, StatusClasses.class })
	static class Application {

	}

}
