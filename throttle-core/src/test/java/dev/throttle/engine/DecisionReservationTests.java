package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Reservation;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DecisionReservation}.
 */
class DecisionReservationTests {

	private static final Executor NO_WORKERS = (task) -> {
		throw new AssertionError("The memory backend does not block");
	};

	private static final Client ADA = Client.user("ada");

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().build();

	private final RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("tokens", "100/min, 1000/day", "requests", "10/min"))
				.withShadowRates(Scope.of("tokens"), Rate.parseAll("70/min")));

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates,
			SecretIdents.withRandomKey());

	@AfterEach
	void close() {
		this.backend.close();
		this.rates.close();
	}

	@Test
	void lowerCostGivesTheDifferenceBack() {
		reserve(40).settle(15);
		assertThat(remaining("tokens")).containsExactly(84L, 984L, 54L);
	}

	@Test
	void nothingTakenGivesEverythingBack() {
		reserve(40).settle(0);
		assertThat(remaining("tokens")).containsExactly(99L, 999L, 69L);
	}

	@Test
	void higherCostIsTakenWhetherOrNotThereIsRoom() {
		reserve(40).settle(120);
		assertThat(remaining("tokens")).containsExactly(0L, 880L, 0L);
	}

	@Test
	void onlyTheFirstCostCounts() {
		Reservation reservation = reserve(40);
		reservation.settle(15);
		reservation.settle(0);
		reservation.settle(90);
		assertThat(remaining("tokens")).containsExactly(84L, 984L, 54L);
	}

	@Test
	void otherScopesStayAsTheyAre() {
		reserve(40).settle(0);
		assertThat(remaining("requests")).containsExactly(8L);
	}

	@Test
	void negativeCostIsRefusedAndLeavesTheReservation() {
		Reservation reservation = reserve(40);
		assertThatIllegalArgumentException().isThrownBy(() -> reservation.settle(-1))
			.withMessage("'cost' must not be negative but is -1; to give everything back, settle 0");
		assertThat(remaining("tokens")).containsExactly(59L, 959L, 29L);
		reservation.settle(0);
		assertThat(remaining("tokens")).containsExactly(98L, 998L, 68L);
	}

	@Test
	void nothingIsReservedWithoutARecordedQuotaOfTheScopes() {
		Decision decision = decide((request) -> Verdict.count("requests", ADA));
		assertThat(reservation(decision)).isSameAs(Reservation.NONE);
		assertThat(reservation(decide((request) -> Verdict.allow()))).isSameAs(Reservation.NONE);
	}

	@Test
	void noReservationRefusesANegativeCostToo() {
		Reservation.NONE.settle(7);
		assertThatIllegalArgumentException().isThrownBy(() -> Reservation.NONE.settle(-1));
	}

	private Reservation reserve(long cost) {
		return reservation(
				decide((request) -> Verdict.count("requests", ADA), (request) -> Verdict.count("tokens", ADA, cost)));
	}

	private Reservation reservation(Decision decision) {
		return DecisionReservation.of(this.engine, decision, List.of(Scope.of("tokens")), NO_WORKERS);
	}

	/**
	 * Return the permits that are left under the rates of a scope, once one more request
	 * is counted.
	 */
	private List<Long> remaining(String scope) {
		Decision decision = decide((request) -> Verdict.count(scope, ADA));
		return Stream.concat(decision.results().stream(), decision.shadowResults().stream())
			.map((result) -> result.outcome().remaining())
			.toList();
	}

	private Decision decide(BaseThrottle... throttles) {
		List<Step> steps = new ArrayList<>();
		for (BaseThrottle throttle : throttles) {
			steps.add(new Step("throttle" + steps.size(), throttle, this.backend));
		}
		return this.engine.decide(new MockThrottleRequest(), new AppliedThrottles(steps));
	}

}
