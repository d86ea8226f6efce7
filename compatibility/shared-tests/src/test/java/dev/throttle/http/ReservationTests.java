package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Handlers that reserve a cost and settle it.
 */
class ReservationTests {

	private static final String[] PROPERTIES = { "throttle.rates.tokens=100/min", "throttle.rates.requests=5/min",
			"throttle.rates.user=1000/min", "management.endpoints.web.exposure.include=throttles" };

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = RunningApplication.start(ReservationApplication.class, PROPERTIES);
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 10, 40, 90 })
	void handlerSettlesTheTrueCost(long tokens) {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/chat?tokens=" + tokens).body()).isEqualTo("settled");
		assertThat(used("tokens", caller)).isEqualTo(tokens);
	}

	@Test
	void headersSayWhatWasReserved() {
		Caller caller = application.caller().asNewcomer();
		HttpResponse<String> response = caller.get("/chat?tokens=10");
		assertThat(response.headers().firstValue("X-RateLimit-Remaining")).hasValue("60");
		assertThat(caller.get("/unsettled").headers().firstValue("X-RateLimit-Remaining")).hasValue("50");
	}

	@Test
	void reservationsThatAreSettledMakeRoomForOthers() {
		Caller caller = application.caller().asNewcomer();
		for (int i = 0; i < 20; i++) {
			assertThat(caller.get("/chat?tokens=3").statusCode()).isEqualTo(200);
		}
		assertThat(caller.get("/unsettled").statusCode()).isEqualTo(200);
		HttpResponse<String> denied = caller.get("/chat?tokens=3");
		assertThat(denied.statusCode()).isEqualTo(429);
		assertThat(denied.headers().firstValue("Retry-After")).isPresent();
		assertThat(used("tokens", caller)).as("a denied request takes nothing").isEqualTo(100);
	}

	@Test
	void debtDeniesTheNextRequest() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/chat?tokens=150").statusCode()).isEqualTo(200);
		assertThat(caller.get("/chat?tokens=1").statusCode()).isEqualTo(429);
	}

	@Test
	void onlyTheFirstCostCounts() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/twice").body()).isEqualTo("settled");
		assertThat(used("tokens", caller)).isEqualTo(10);
	}

	@Test
	void reservationIsSettledByAnotherThreadAfterTheAnswer() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/kept?user=" + caller.user()).body()).isEqualTo("kept");
		assertThat(used("tokens", caller)).isEqualTo(40);
		CompletableFuture
			.runAsync(() -> application.bean(ReservationApplication.Handlers.class).keptOf(caller.user()).settle(12))
			.join();
		assertThat(used("tokens", caller)).isEqualTo(12);
	}

	@Test
	void streamSettlesWhenItIsComplete() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/stream").body()).isEqualTo("data:one\n\ndata:two\n\ndata:three\n\n");
		assertThat(used("tokens", caller)).isEqualTo(3);
	}

	@Test
	void answerThatComesLaterSettles() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/later").body()).isEqualTo("settled");
		assertThat(used("tokens", caller)).isEqualTo(4);
	}

	@Test
	void suspendingFunctionSettles() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/kotlin-tokens").body()).isEqualTo("settled");
		assertThat(used("tokens", caller)).isEqualTo(6);
	}

	@Test
	void exceptionHandlerSettles() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/failing").body()).isEqualTo("The model does not answer");
		assertThat(used("tokens", caller)).isZero();
	}

	@Test
	void filterSettles() {
		Caller caller = application.caller().asNewcomer();
		caller.with(SettlingPlaces.HEADER, "9").get("/unsettled");
		await().untilAsserted(() -> assertThat(used("tokens", caller)).isEqualTo(9));
	}

	@Test
	void functionalRouteReservesAndSettles() {
		Caller caller = application.caller().asNewcomer();
		HttpResponse<String> response = caller.get("/routed");
		assertThat(response.body()).isEqualTo("settled");
		assertThat(response.headers().firstValue("X-RateLimit-Remaining")).hasValue("60");
		assertThat(used("tokens", caller)).isEqualTo(8);
	}

	@Test
	void negativeCostIsRefusedAndTheReservationStays() {
		Caller caller = application.caller().asNewcomer();
		assertThat(caller.get("/negative").body()).startsWith("'cost' must not be negative but is -1");
		assertThat(used("tokens", caller)).isEqualTo(40);
	}

	@Test
	void reservationThatIsNotSettledStays() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/unsettled");
		assertThat(used("tokens", caller)).isEqualTo(40);
	}

	@Test
	void metaAnnotationHasACost() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/meta");
		assertThat(used("tokens", caller)).isEqualTo(30);
	}

	@Test
	void scopeWithoutACostIsLeftAloneBesideOneThatHasACost() {
		Caller caller = application.caller().asNewcomer();
		caller.get("/both");
		assertThat(used("tokens", caller)).isEqualTo(7);
		assertThat(used("requests", caller)).isEqualTo(1);
	}

	@Test
	void scopeWithoutACostIsSettledIfNoScopeHasOne() {
		Caller caller = application.caller().asNewcomer();
		for (int i = 0; i < 8; i++) {
			assertThat(caller.get("/login").statusCode()).isEqualTo(200);
		}
		assertThat(used("requests", caller)).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/default", "/free" })
	void handlerWithoutAScopeHasNoReservation(String path) {
		assertThat(application.caller().asNewcomer().get(path).body()).isEqualTo("none");
	}

	@Test
	void nothingIsReservedWhereThrottlingIsOff() {
		try (RunningApplication off = RunningApplication.start(ReservationApplication.class,
				"throttle.enabled=false")) {
			assertThat(off.caller().asNewcomer().get("/chat?tokens=1000").body()).isEqualTo("none");
		}
	}

	@Test
	void whatAHandlerHasSettledIsNotSettledByTheStatus() {
		try (RunningApplication counted = RunningApplication.start(ReservationApplication.class,
				"throttle.rates.tokens=100/min", "throttle.rates.requests=5/min",
				"throttle.scopes.tokens.count-status=500", "management.endpoints.web.exposure.include=throttles")) {
			Caller caller = counted.caller().asNewcomer();
			caller.get("/chat?tokens=10");
			caller.get("/unsettled");
			await().untilAsserted(() -> assertThat(used(counted, "tokens", caller)).isEqualTo(10));
		}
	}

	@Test
	void costIsConfiguredByAPlaceholder() {
		try (RunningApplication configured = RunningApplication.start(ReservationApplication.class,
				"tokens.reserve=25", "throttle.rates.tokens=100/min", "throttle.rates.requests=5/min")) {
			assertThat(configured.caller().asNewcomer().remaining("/chat?tokens=1")).isEqualTo(75);
		}
	}

	@Test
	void costThatIsNoNumberStopsTheStart() {
		assertThatExceptionOfType(InvalidThrottleConfigurationException.class)
			.isThrownBy(() -> RunningApplication.start(ReservationApplication.class, "tokens.reserve=some",
					"throttle.rates.tokens=100/min", "throttle.rates.requests=5/min"))
			.withMessageContaining("Handlers#chat(long, Reservation) declares the cost 'some'");
	}

	private static long used(String scope, Caller caller) {
		return used(application, scope, caller);
	}

	private static long used(RunningApplication application, String scope, Caller caller) {
		String usage = application.caller().get("/actuator/throttles/" + scope + "?client=user:" + caller.user()).body();
		Matcher used = Pattern.compile("\"used\":(\\d+)").matcher(usage);
		assertThat(used.find()).as(usage).isTrue();
		return Long.parseLong(used.group(1));
	}

}
