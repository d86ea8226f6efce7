package dev.throttle.exactness;

import java.time.Duration;
import java.util.function.Consumer;

import dev.throttle.Accounting;
import dev.throttle.backend.Outcome;
import dev.throttle.engine.Driver;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares what is decided about random traffic with counting over a log of what was
 * admitted, and holds Retry-After to what it says.
 */
@PropertyDefaults(tries = 150, edgeCases = EdgeCasesMode.NONE)
class ExactnessPropertyTests {

	Driver driver() {
		return Driver.SYNCHRONOUS;
	}

	@Property
	void neverMoreThanTheLimitInAnyWindow(@ForAll("constant") Traffic traffic, @ForAll Accounting accounting) {
		TrafficRun run = new TrafficRun(traffic, accounting, driver());
		send(traffic, run, (answered) -> {
		});
		assertThat(run.logs()).allSatisfy((log) -> assertThat(log.policies()).allSatisfy(
				(policy) -> assertThat(log.mostInAnyWindow(policy)).isLessThanOrEqualTo(policy.rate().limit())));
	}

	@Property
	void deniedOnlyWhereThereIsNoRoom(@ForAll("constant") Traffic traffic, @ForAll Accounting accounting) {
		send(traffic, new TrafficRun(traffic, accounting, driver()), (answered) -> {
			assertThat(answered.outcomes()).extracting(Outcome::isAllowed)
				.isEqualTo(answered.expected().stream().map(Outcome::isAllowed).toList());
			assertThat(answered.decision().isAllowed())
				.isEqualTo(answered.expected().stream().allMatch(Outcome::isAllowed));
		});
	}

	@Property
	void remainingWaitAndResetAreExact(@ForAll("constant") Traffic traffic, @ForAll Accounting accounting) {
		sendAndCompare(traffic, accounting);
	}

	@Property
	void outcomesAreExactWhileRatesChange(@ForAll("changing") Traffic traffic, @ForAll Accounting accounting) {
		sendAndCompare(traffic, accounting);
	}

	@Property(tries = 500)
	void outcomesOfASingleQuotaAreExact(@ForAll("single") Traffic traffic) {
		sendAndCompare(traffic, Accounting.ALL_OR_NOTHING);
	}

	@Property(tries = 6)
	void outcomesOfLongHistoriesAreExact(@ForAll("crowded") Traffic traffic, @ForAll Accounting accounting) {
		sendAndCompare(traffic, accounting);
	}

	@Property
	void clientThatWaitsAsToldIsAdmittedAndNotSooner(@ForAll("constant") Traffic traffic) {
		sendAndWait(traffic);
	}

	@Property
	void clientThatWaitsAsToldIsAdmittedWhileRatesChange(@ForAll("changing") Traffic traffic) {
		sendAndWait(traffic);
	}

	private void sendAndCompare(Traffic traffic, Accounting accounting) {
		send(traffic, new TrafficRun(traffic, accounting, driver()),
				(answered) -> assertThat(answered.outcomes()).isEqualTo(answered.expected()));
	}

	private void send(Traffic traffic, TrafficRun run, Consumer<TrafficRun.Answered> check) {
		for (Traffic.Arrival arrival : traffic.arrivals()) {
			run.proceedTo(arrival);
			for (int i = 0; i < arrival.times(); i++) {
				check.accept(run.ask(arrival));
			}
		}
	}

	private void sendAndWait(Traffic traffic) {
		TrafficRun run = new TrafficRun(traffic, Accounting.ALL_OR_NOTHING, driver());
		for (Traffic.Arrival arrival : traffic.arrivals()) {
			run.proceedTo(arrival);
			for (int i = 0; i < arrival.times(); i++) {
				TrafficRun.Answered answered = run.ask(arrival);
				Duration wait = answered.decision().retryAfter();
				if (!answered.decision().isAllowed() && !deniedForever(answered)) {
					assertThat(wait).isNotNull();
				}
				if (wait != null) {
					waitAsTold(run, arrival, answered, wait.toNanos());
				}
			}
		}
	}

	private static boolean deniedForever(TrafficRun.Answered answered) {
		return answered.decision()
			.results()
			.stream()
			.anyMatch((result) -> result.outcome().waitNanos() == Outcome.NEVER);
	}

	private static void waitAsTold(TrafficRun run, Traffic.Arrival arrival, TrafficRun.Answered denied,
			long waitNanos) {
		if (arrival.client() == 0) {
			long seconds = denied.decision().toException().getRetryAfterSeconds().orElseThrow();
			run.advance(Duration.ofSeconds(seconds).toNanos());
		}
		else {
			run.advance(waitNanos - 1);
			assertThat(run.ask(arrival).decision().retryAfter()).isEqualTo(Duration.ofNanos(1));
			run.advance(1);
		}
		assertThat(run.ask(arrival).decision().isAllowed()).isTrue();
	}

	@Provide
	Arbitrary<Traffic> constant() {
		return TrafficArbitraries.constant();
	}

	@Provide
	Arbitrary<Traffic> changing() {
		return TrafficArbitraries.changing();
	}

	@Provide
	Arbitrary<Traffic> single() {
		return TrafficArbitraries.single();
	}

	@Provide
	Arbitrary<Traffic> crowded() {
		return TrafficArbitraries.crowded();
	}

}
