package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.List;
import java.util.Random;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Histories with several windows, of which at least one has more entries than are exact.
 */
class HistoryWindowsTests {

	private static final Rate SHORT = rate(100, Duration.ofMillis(10));

	private static final Rate MIDDLE = rate(135_000, Duration.ofSeconds(16));

	private static final Rate LONG = rate(160_000, Duration.ofSeconds(20));

	private static final int REQUESTS = 450_000;

	private static final long STEP = LONG.period().toNanos() / History.EXACT_ENTRIES + 1;

	private final EntryBudget budget = new EntryBudget(Long.MAX_VALUE);

	private final Admitted admitted = new Admitted();

	private History history = History.of(policies(LONG), null);

	private int deniedByShort;

	private int deniedByLong;

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE - 30_000_000_000L })
	void shortWindowStaysExactBesideALongOne(long start) {
		requests(policies(SHORT, LONG), 1, start);
	}

	@Test
	void costsDoNotMakeTheShortWindowInexact() {
		requests(policies(rate(200, SHORT.period()), rate(320_000, LONG.period())), 3, 0);
	}

	@Test
	void severalWindowsMayBeLong() {
		requests(policies(MIDDLE, SHORT, LONG), 1, 0);
	}

	@Test
	void changeOfRatesKeepsWhatTheLongWindowNeeds() {
		List<List<Policy>> lists = List.of(policies(SHORT, LONG), policies(LONG, SHORT), policies(SHORT),
				policies(LONG), policies(MIDDLE, LONG, SHORT), policies(SHORT, MIDDLE));
		List<Policy> policies = lists.get(0);
		long now = 0;
		Random random = new Random(3);
		for (int i = 0; i < REQUESTS; i++) {
			if (i % 5_000 == 0) {
				policies = lists.get((random.nextInt(3) > 0) ? 0 : random.nextInt(lists.size()));
			}
			now += random.nextInt(200_000);
			request(policies, 1, now);
		}
		assertBothWindowsDenied();
		assertAllIsGone(now);
	}

	@Test
	void entryWithoutRoomIsCountedInEveryWindow() {
		EntryBudget none = new EntryBudget(1);
		List<Policy> policies = policies(rate(2, Duration.ofSeconds(1)), rate(9, Duration.ofMinutes(1)));
		this.history = History.of(policies, null);
		this.history.record(1, 0, none);
		long now = Duration.ofSeconds(5).toNanos();
		this.history.expire(policies, now, none);
		assertThat(this.history.used(0)).isZero();
		this.history.record(1, now, none);
		assertThat(none.merges()).isEqualTo(1);
		assertThat(this.history.used(0)).isEqualTo(2);
		assertThat(this.history.used(1)).isEqualTo(2);
		this.history.expire(policies, now + Duration.ofSeconds(1).toNanos(), none);
		assertThat(this.history.used(0)).isZero();
		assertThat(this.history.used(1)).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 200, 3_000 })
	void shortageOfRoomAdmitsNoMoreInAnyWindow(int maxEntries) {
		EntryBudget small = new EntryBudget(maxEntries);
		List<List<Policy>> lists = List.of(policies(SHORT, LONG), policies(LONG, MIDDLE, SHORT), policies(LONG));
		List<Policy> policies = lists.get(0);
		long now = 0;
		Random random = new Random(maxEntries);
		for (int i = 0; i < 100_000; i++) {
			policies = (random.nextInt(50) > 0) ? policies : lists.get(random.nextInt(lists.size()));
			now += random.nextInt((random.nextInt(500) > 0) ? 100_000 : 1_000_000_000);
			this.history.expire(policies, now, small);
			if (this.history.hasRoomFor(1)) {
				this.history.record(1, now, small);
				this.admitted.add(now, 1);
			}
			for (int window = 0; window < policies.size(); window++) {
				assertThat(this.history.used(window) >= used(policies.get(window), now)).isTrue();
			}
		}
		assertThat(small.merges()).isPositive();
		this.history.forget(small);
		assertThat(small.allocated()).isZero();
	}

	private void requests(List<Policy> policies, int maxCost, long start) {
		long now = start;
		Random random = new Random(start);
		for (int i = 0; i < REQUESTS; i++) {
			now += random.nextInt(200_000);
			request(policies, 1 + random.nextInt(maxCost), now);
		}
		assertBothWindowsDenied();
		assertAllIsGone(now);
	}

	private void request(List<Policy> policies, long cost, long now) {
		Quota quota = new Quota(Client.user("alice"), policies, cost);
		this.history.expire(policies, now, this.budget);
		boolean room = this.history.hasRoomFor(cost);
		if (!room) {
			List<Outcome> outcomes = this.history.notRecorded(quota, cost, now);
			for (int i = 0; i < policies.size(); i++) {
				assertNotRecorded(outcomes.get(i), policies.get(i), cost, now);
			}
		}
		else {
			this.history.record(cost, now, this.budget);
			this.admitted.add(now, cost);
			for (Policy policy : policies) {
				assertThat(used(policy, now) <= policy.rate().limit()).isTrue();
			}
		}
		assertThat(this.history.entries() <= 2 * History.EXACT_ENTRIES + 2).isTrue();
	}

	private void assertNotRecorded(Outcome outcome, Policy policy, long cost, long now) {
		long limit = policy.rate().limit();
		if (!outcome.isAllowed()) {
			long wait = outcome.waitNanos();
			assertThat(this.admitted.since(now + wait - policy.periodNanos() + 1) + cost <= limit).isTrue();
			long tolerated = isExact(policy, now) ? 1 : STEP;
			assertThat(this.admitted.since(now + wait - tolerated - policy.periodNanos() + 1) + cost > limit).isTrue();
			this.deniedByLong += (policy.periodNanos() >= MIDDLE.period().toNanos()) ? 1 : 0;
			this.deniedByShort += (policy.periodNanos() == SHORT.period().toNanos()) ? 1 : 0;
		}
		else {
			assertThat(used(policy, now) + cost <= limit).isTrue();
		}
		if (isExact(policy, now)) {
			assertThat(outcome.remaining()).isEqualTo(Math.max(0, limit - used(policy, now)));
		}
	}

	private boolean isExact(Policy policy, long now) {
		return this.admitted.entriesSince(now - policy.periodNanos() + 1) <= History.EXACT_ENTRIES;
	}

	private long used(Policy policy, long now) {
		return this.admitted.since(now - policy.periodNanos() + 1);
	}

	private void assertBothWindowsDenied() {
		assertThat(this.deniedByShort).isGreaterThan(10_000);
		assertThat(this.deniedByLong).isGreaterThan(10_000);
	}

	private void assertAllIsGone(long now) {
		this.history.expire(now + LONG.period().toNanos() + STEP, this.budget);
		assertThat(this.history.entries()).isZero();
		assertThat(this.budget.allocated()).isZero();
	}

	private static Rate rate(long limit, Duration period) {
		return new Rate(limit, period);
	}

	private static List<Policy> policies(Rate... rates) {
		return Policy.ofScope(Scope.of("user"), List.of(rates));
	}

	/**
	 * All that has been admitted, exactly.
	 */
	private static final class Admitted {

		private final long[] instants = new long[REQUESTS];

		/** The sum of the costs of all earlier entries, and of this one. */
		private final long[] cumulative = new long[REQUESTS];

		private int size;

		void add(long instant, long cost) {
			this.instants[this.size] = instant;
			this.cumulative[this.size] = cumulative(this.size - 1) + cost;
			this.size++;
		}

		long since(long instant) {
			return cumulative(this.size - 1) - cumulative(this.size - entriesSince(instant) - 1);
		}

		int entriesSince(long instant) {
			int low = 0;
			int high = this.size;
			while (low < high) {
				int middle = (low + high) >>> 1;
				if (this.instants[middle] - instant < 0) {
					low = middle + 1;
				}
				else {
					high = middle;
				}
			}
			return this.size - low;
		}

		private long cumulative(int index) {
			return (index >= 0) ? this.cumulative[index] : 0;
		}

	}

}
