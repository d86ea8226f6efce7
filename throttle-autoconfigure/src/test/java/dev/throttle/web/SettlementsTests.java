package dev.throttle.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Settlements}.
 */
class SettlementsTests {

	private static final Executor NO_WORKERS = (task) -> {
		throw new AssertionError("No worker is needed");
	};

	private final RecordingBackend backend = new RecordingBackend();

	private final RecordingBackend other = new RecordingBackend();

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING,
			new RateRegistry(Rates.of(Map.of("login", "5/min", "login-address", "5/min, 50/day", "user", "100/min"))
				.withShadowRates(Scope.of("login"), Rate.parseAll("1/min"))),
			SecretIdents.withRandomKey());

	private final Settlements settlements = new Settlements(this.engine, Map.of(Scope.of("login"),
			CountedStatuses.of(List.of("401")), Scope.of("loginAddress"), CountedStatuses.of(List.of("401", "404"))),
			ByteScopes.NONE);

	@Test
	void scopesOfFilterAndHandlerAreSettledInOneCall() {
		settle(200, decide(this.backend, "login-address"), decide(this.backend, "login"));
		assertThat(this.backend.calls()).isEqualTo(1);
		assertThat(this.backend.settled(0)).containsExactly("login-address", "login-address-day", "login", "login");
	}

	@Test
	void eachBackendIsCalledOnce() {
		settle(200, decide(this.backend, "login-address"), decide(this.other, "login"));
		assertThat(this.backend.settled(0)).containsExactly("login-address", "login-address-day");
		assertThat(this.other.settled(0)).containsExactly("login", "login");
	}

	@Test
	void onlyScopesThatDoNotCountTheStatusAreSettled() {
		settle(404, decide(this.backend, "login-address", "login", "user"));
		assertThat(this.backend.settled(0)).containsExactly("login", "login");
	}

	@Test
	void nothingIsCalledIfNothingIsGivenBack() {
		settle(401, decide(this.backend, "login-address", "login", "user"));
		settle(200, decide(this.backend, "user"));
		settle(200);
		assertThat(this.backend.calls()).isZero();
	}

	@Test
	void requestWhoseClientIsGoneStaysAsItWasAdmitted() {
		this.settlements.settle(List.of(decide(this.backend, "login")), RequestEnd.CLIENT_GONE, null, NO_WORKERS);
		assertThat(this.backend.calls()).isZero();
	}

	@Test
	void whatWasSettledByHandIsNotSettledAgain() {
		Decision decision = decide(this.backend, "login", "login-address");
		this.engine.settle(List.of(decision), (quota) -> quota.policy().scope().equals(Scope.of("login")) ? 1 : -1,
				NO_WORKERS);
		settle(200, decision);
		assertThat(this.backend.calls()).isEqualTo(1);
		assertThat(this.backend.settled(0)).containsExactly("login-address", "login-address-day");
	}

	@Test
	void nothingIsSettledWithoutRules() {
		Settlements none = new Settlements(this.engine, Map.of(), ByteScopes.NONE);
		assertThat(none.isEmpty()).isTrue();
		none.settle(List.of(decide(this.backend, "login")), new RequestEnd(200), null, NO_WORKERS);
		assertThat(this.backend.calls()).isZero();
	}

	private void settle(int status, Decision... decisions) {
		this.settlements.settle(List.of(decisions), new RequestEnd(status), null, NO_WORKERS);
	}

	private Decision decide(RecordingBackend backend, String... scopes) {
		List<Step> steps = List.of(scopes)
			.stream()
			.map((scope) -> new Step(scope, (request) -> Verdict.count(scope, Client.user("ada")), backend))
			.toList();
		return this.engine.decide(new MockThrottleRequest(), new AppliedThrottles(steps));
	}

}
