package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class HistoryTests {

	private static final long PERIOD = Duration.ofMinutes(1).toNanos();

	private static final long STEP = PERIOD / History.EXACT_ENTRIES + 1;

	private final EntryBudget budget = new EntryBudget(Long.MAX_VALUE);

	@ParameterizedTest
	@ValueSource(longs = { 0, -12345, Long.MAX_VALUE - 20_000_000_000L })
	void manyEntriesNeverAdmitMoreAndDenyOnlyAStepLonger(long start) {
		int limit = 200_000;
		Quota quota = quota(limit, 1);
		History history = History.of(quota.policies(), null);
		long[] admitted = new long[limit];
		int count = 0;
		int denied = 0;
		long now = start;
		Random random = new Random(start);
		for (int i = 0; i < 900_000; i++) {
			now += random.nextInt(200_000);
			long sinceTheLimitth = (count >= limit) ? now - admitted[count % limit] : Long.MAX_VALUE;
			Outcome outcome = decide(history, quota, now);
			if (outcome.isAllowed()) {
				assertThat(sinceTheLimitth >= PERIOD).isTrue();
				admitted[count++ % limit] = now;
			}
			else {
				denied++;
				assertThat(sinceTheLimitth < PERIOD + STEP).isTrue();
				assertThat(outcome.waitNanos() >= PERIOD - sinceTheLimitth).isTrue();
				assertThat(outcome.waitNanos() < PERIOD + STEP - sinceTheLimitth).isTrue();
			}
			assertThat(history.entries() <= 2 * History.EXACT_ENTRIES + 2).isTrue();
		}
		assertThat(count).isGreaterThan(limit + limit / 2);
		assertThat(denied).isGreaterThan(limit);
		history.expire(now + PERIOD + STEP, this.budget);
		assertThat(history.entries()).isZero();
		assertThat(this.budget.allocated()).isZero();
	}

	@Test
	void numberOfEntriesIsBoundedWhateverTheLimit() {
		Quota quota = quota(Rate.MAX_LIMIT, 3);
		History history = History.of(quota.policies(), null);
		for (long i = 0; i < 1_000_000; i++) {
			assertThat(decide(history, quota, i * 60_000).isAllowed()).isTrue();
			assertThat(history.entries() <= 2 * History.EXACT_ENTRIES + 2).isTrue();
		}
		assertThat(history.entries()).isGreaterThan(History.EXACT_ENTRIES);
		assertThat(history.used(0)).isGreaterThanOrEqualTo(3_000_000 - 3);
	}

	@Test
	void mergedEntriesOfCostOneAreAccountedFor() {
		Quota quota = quota(Rate.MAX_LIMIT, 1);
		History history = History.of(quota.policies(), null);
		for (long i = 0; i < History.EXACT_ENTRIES + 1_000; i++) {
			decide(history, quota, 0);
		}
		assertThat(history.used(0)).isEqualTo(History.EXACT_ENTRIES + 1_000);
		history.forget(this.budget);
		assertThat(this.budget.allocated()).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	void roomIsAccountedForExactly(long seed) {
		Random random = new Random(seed);
		EntryBudget small = new EntryBudget(300);
		EntryBudget used = (seed % 2 == 0) ? small : this.budget;
		long now = Long.MAX_VALUE - 5 * PERIOD;
		History history = History.of(quota(5_000, 1).policies(), null);
		for (int i = 0; i < 50_000; i++) {
			now += random.nextInt((int) (PERIOD / 1_000));
			Quota quota = quota(random.nextBoolean() ? 5_000 : 500, (random.nextInt(50) > 0) ? 1 : 7);
			history.expire(quota.policies(), now, used);
			if (history.hasRoomFor(quota.cost())) {
				history.record(quota.cost(), now, used);
			}
			if (random.nextInt(5_000) == 0) {
				history.forget(used);
				assertThat(used.allocated()).isZero();
			}
			if (random.nextInt(10_000) == 0) {
				now += PERIOD;
				history.expire(now, used);
				assertThat(used.allocated()).isZero();
			}
		}
		assertThat(small.allocated()).isLessThanOrEqualTo(300 + 2 * LongRing.CHUNK);
		history.expire(now + PERIOD, used);
		assertThat(used.allocated()).isZero();
	}

	@Test
	void entryWithoutRoomIsMergedIntoTheNewest() {
		EntryBudget none = new EntryBudget(1);
		Quota quota = quota(3, 1);
		History history = History.of(quota.policies(), null);
		history.record(1, 0, none);
		history.record(1, 10, none);
		assertThat(history.entries()).isEqualTo(1);
		assertThat(history.used(0)).isEqualTo(2);
		assertThat(none.merges()).isEqualTo(1);
		history.record(1, 20, none);
		assertThat(history.notRecorded(quota, 1, 20).get(0).waitNanos()).isEqualTo(PERIOD);
		history.expire(20 + PERIOD - 1, none);
		assertThat(history.used(0)).isEqualTo(3);
		history.expire(20 + PERIOD, none);
		assertThat(history.used(0)).isZero();
		assertThat(none.allocated()).isEqualTo(history.capacity());
		history.forget(none);
		assertThat(none.allocated()).isZero();
	}

	@Test
	void clockThatGoesBackMakesNoEntryYounger() {
		Quota quota = quota(2, 1);
		History history = History.of(quota.policies(), null);
		decide(history, quota, 100);
		decide(history, quota, 40);
		assertThat(decide(history, quota, 40).waitNanos()).isEqualTo(60 + PERIOD);
		assertThat(decide(history, quota, 100 + PERIOD).remaining()).isEqualTo(1);
	}

	@Test
	void denialIsRememberedUntilAPermitIsFree() {
		Quota quota = quota(2, 1);
		History history = History.of(quota.policies(), null);
		decide(history, quota, 0);
		decide(history, quota, 10);
		Outcome outcome = decide(history, quota, 20);
		Denial denial = history.denial();
		assertThat(denial).isNotNull();
		assertThat(denial.outcomes(quota, 20)).containsExactly(outcome);
		assertThat(denial.outcomes(quota, PERIOD - 1)).containsExactly(new Outcome(false, 0, 1, 1, null));
		assertThat(denial.outcomes(quota, PERIOD)).isNull();
		assertThat(denial.outcomes(quota(2, 2), 20)).isNull();
		assertThat(denial.outcomes(quota(3, 1), 20)).isNull();
	}

	@Test
	void denialIsForgottenWhenTheHistoryChanges() {
		History history = History.of(quota(2, 1).policies(), null);
		decide(history, quota(2, 1), 0);
		decide(history, quota(2, 2), 0);
		assertThat(history.denial()).isNotNull();
		decide(history, quota(2, 1), 0);
		assertThat(history.denial()).isNull();
		decide(history, quota(2, 1), 0);
		assertThat(history.denial()).isNotNull();
		history.expire(quota(5, 1).policies(), 0, this.budget);
		assertThat(history.denial()).isNull();
		decide(history, quota(2, 1), 0);
		history.forget(this.budget);
		assertThat(history.denial()).isNull();
	}

	@Test
	void allExactEntriesMayBeGivenBackThoughOlderOnesAreNotExact() {
		Quota quota = quota(Rate.MAX_LIMIT, 3);
		History history = History.of(quota.policies(), null);
		Deque<Outcome> recorded = new ArrayDeque<>();
		long now = 0;
		for (int i = 0; i < History.EXACT_ENTRIES + 10_000; i++) {
			now += STEP / 8;
			recorded.add(decide(history, quota, now));
		}
		long used = 3L * recorded.size();
		assertThat(history.used(0)).isEqualTo(used);
		for (int i = 0; i < History.EXACT_ENTRIES; i++) {
			Settlement settlement = new Settlement(quota, recorded.removeLast(), 0);
			Settlement.Result result = history.giveBack(settlement, now, this.budget);
			used -= 3;
			assertThat(result == Settlement.Result.SETTLED && history.used(0) == used).isTrue();
		}
		assertThat(history.entries()).isGreaterThan(1_000);
		Settlement merged = new Settlement(quota, recorded.getFirst(), 0);
		assertThat(history.giveBack(merged, now, this.budget)).isEqualTo(Settlement.Result.STANDS);
		assertThat(history.used(0)).isEqualTo(used);
		assertThat(decide(history, quota, now).remaining()).isEqualTo(Rate.MAX_LIMIT - used - 3);
		history.expire(now + PERIOD, this.budget);
		assertThat(history.entries()).isZero();
		history.forget(this.budget);
		assertThat(this.budget.allocated()).isZero();
	}

	private Outcome decide(History history, Quota quota, long now) {
		history.expire(quota.policies(), now, this.budget);
		if (!history.hasRoomFor(quota.cost())) {
			return history.notRecorded(quota, quota.cost(), now).get(0);
		}
		history.record(quota.cost(), now, this.budget);
		return history.recorded(now).get(0);
	}

	private static Quota quota(long limit, long cost) {
		return new Quota(Client.user("alice"), Policy.of("user", new Rate(limit, Duration.ofNanos(PERIOD))), cost);
	}

}
