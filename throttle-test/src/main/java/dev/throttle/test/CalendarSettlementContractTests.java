package dev.throttle.test;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.throttle.CalendarUnit;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The part of the contract that is about settling what was taken in windows of the
 * calendar.
 */
abstract class CalendarSettlementContractTests extends CalendarContractTests {

	@Test
	void lowerCostOfAWindowIsFreeAtOnce() {
		Instant end = startOfMonth();
		Quota quota = quota("alice", "9/calendar-month", 6);
		Outcome first = decide(quota);
		pass(DAY);
		assertDenied(decide(quota), 3, end);
		assertThat(settle(quota, first, 2)).isEqualTo(Settlement.Result.SETTLED);
		assertAllowed(peek(quota), 7, end);
		Outcome second = decide(quota);
		assertThat(settle(quota, second, 6)).isEqualTo(Settlement.Result.SETTLED);
		assertAllowed(peek(quota(quota, 1)), 1, end);
		assertThat(settle(quota, second, 0)).isEqualTo(Settlement.Result.SETTLED);
		assertAllowed(peek(quota), 7, end);
	}

	@Test
	void windowOfWhichAllIsGivenBackIsUnused() {
		Quota quota = quota("alice", "2/calendar-year", 2);
		for (int i = 0; i < 3; i++) {
			Outcome outcome = decide(quota);
			assertThat(settle(quota, outcome, 0)).isEqualTo(Settlement.Result.SETTLED);
			assertUnused(peek(quota), 2);
		}
	}

	@Test
	void higherCostIsADebtOfTheWindowOfItsSettlement() {
		Instant end = startOfMonth();
		Quota quota = quota("alice", "5/calendar-month", 2);
		assertThat(settle(quota, decide(quota), 9)).isEqualTo(Settlement.Result.SETTLED);
		assertDenied(decide(quota), 0, end);
		passTo(end);
		end = end(CalendarUnit.MONTH, ZoneOffset.UTC);
		Outcome outcome = decide(quota);
		assertAllowed(outcome, 3, end);
		passTo(end);
		end = end(CalendarUnit.MONTH, ZoneOffset.UTC);
		assertThat(settle(quota, outcome, 5)).isEqualTo(Settlement.Result.SETTLED);
		assertAllowed(peek(quota), 2, end);
	}

	@Test
	void largestDebtOfAWindowLeavesNothingNegative() {
		Instant end = startOfMonth();
		Quota quota = quota("alice", "5/calendar-month");
		Outcome outcome = decide(quota);
		for (int i = 0; i < 4; i++) {
			assertThat(settle(quota, outcome, Long.MAX_VALUE)).isEqualTo(Settlement.Result.SETTLED);
		}
		assertDenied(decide(quota), 0, end);
		passTo(end);
		assertUnused(peek(quota), 5);
	}

	@Test
	void reservationOfAnEarlierWindowIsGone() {
		Instant end = startOfMonth();
		Quota quota = quota("alice", "5/calendar-month", 3);
		passTo(end.minus(resolution()));
		Outcome outcome = decide(quota);
		pass(resolution());
		assertThat(settle(quota, outcome, 0)).isEqualTo(Settlement.Result.GONE);
		decide(quota);
		assertThat(settle(quota, outcome, 0)).isEqualTo(Settlement.Result.GONE);
		assertAllowed(peek(quota(quota, 1)), 2, end(CalendarUnit.MONTH, ZoneOffset.UTC));
	}

	@Test
	void reservationBeforeAResetOfTheWindowIsGone() {
		Quota quota = quota("alice", "5/calendar-year", 3);
		Outcome outcome = decide(quota);
		this.backend.reset(quota.client(), USER);
		assertThat(settle(quota, outcome, 0)).isEqualTo(Settlement.Result.GONE);
		decide(quota(quota, 1));
		assertThat(settle(quota, outcome, 1)).isEqualTo(Settlement.Result.GONE);
		assertThat(peek(quota).remaining()).isEqualTo(4);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	void outcomesMatchThoseOfAPlainCounter(long seed) {
		Random random = new Random(seed);
		CalendarUnit unit = (seed % 2 == 0) ? CalendarUnit.HOUR : CalendarUnit.DAY;
		PlainCounter counter = new PlainCounter();
		List<Recorded> open = new ArrayList<>();
		long now = PlainCounter.nanos(now());
		for (int step = 0; step < steps(); step++) {
			Duration passed = Duration.of((random.nextInt(3) > 0) ? 0 : random.nextLong(8_000_000_000L),
					ChronoUnit.MICROS);
			pass(passed);
			now += passed.toNanos();
			if (!open.isEmpty() && random.nextInt(3) == 0) {
				Recorded one = open.remove(random.nextInt(open.size()));
				Settlement settlement = new Settlement(one.quota(), one.outcome(), random.nextInt(7));
				assertThat(this.backend.settle(List.of(settlement))).as("step %s: %s", step, settlement)
					.containsExactly(counter.settle(settlement, 1000 * one.outcome().recordedAt(), now));
			}
			if (random.nextInt(100) == 0) {
				this.backend.reset(client("alice"), USER);
				counter = new PlainCounter();
			}
			Quota quota = quota(1 + random.nextInt(20) + "/" + unit, (seed > 2) ? BERLIN : ZoneOffset.UTC, null,
					1 + random.nextInt(4));
			boolean peeks = random.nextInt(5) == 0;
			Outcome outcome = peeks ? peek(quota) : decide(quota);
			counter.use(quota.policies(), now);
			boolean recorded = !peeks && counter.hasRoom(quota.policies(), quota.cost(), now);
			if (recorded) {
				counter.add(quota.cost(), now);
				open.add(new Recorded(quota, outcome));
			}
			assertThat(notRecorded(outcome, outcome.decidedAt())).as("step %s of %s", step, quota)
				.isEqualTo(counter.outcome(quota.policies().get(0), recorded ? 0 : quota.cost(), now));
		}
	}

	private record Recorded(Quota quota, Outcome outcome) {
	}

}
