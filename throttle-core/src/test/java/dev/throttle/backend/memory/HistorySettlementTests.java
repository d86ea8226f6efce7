package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Histories of thousands of entries whose costs are settled.
 */
class HistorySettlementTests {

	private static final List<Policy> POLICIES = Policy.ofScope(Scope.of("user"),
			Rate.parseAll("999999999999999/s, 999999999999999/10s"));

	private static final int STEPS = 12_000;

	private final EntryBudget budget = new EntryBudget(Long.MAX_VALUE);

	private final History history = History.of(POLICIES, null);

	private final List<Entry> entries = new ArrayList<>();

	private final List<Entry> open = new ArrayList<>();

	/** The first entry in each window. */
	private final int[] first = new int[POLICIES.size()];

	/** The costs of the entries in each window. */
	private final long[] used = new long[POLICIES.size()];

	@ParameterizedTest
	@CsvSource({ "1, 1", "2, 1", "3, 4", "4, 4" })
	void everyWindowIsExactWhateverIsGivenBack(long seed, int maxCost) {
		Random random = new Random(seed);
		long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();
		for (int step = 0; step < STEPS; step++) {
			now += random.nextInt(5_000_000);
			// Costs begin to differ when the history is long.
			record((step < STEPS / 3) ? 1 : 1 + random.nextInt(maxCost), now);
			if (random.nextInt(3) == 0) {
				Entry any = this.open.remove(Math.max(0, this.open.size() - 1 - random.nextInt(2_000)));
				giveBack(any, random.nextLong(any.cost), now);
			}
			assertUsed(0, now);
			assertUsed(1, now);
		}
		assertThat(this.history.entries()).isGreaterThan(LongRing.CHUNK);
		for (int i = this.entries.size() - 1; this.history.entries() > 0; i--) {
			if (this.entries.get(i).cost > 0) {
				giveBack(this.entries.get(i), 0, now);
				assertUsed(1, now);
			}
		}
		assertThat(this.budget.allocated()).isEqualTo(this.history.capacity());
		this.history.forget(this.budget);
		assertThat(this.budget.allocated()).isZero();
	}

	private void record(long cost, long now) {
		this.history.expire(POLICIES, now, this.budget);
		this.history.record(cost, now, this.budget);
		Entry entry = new Entry(now, cost, this.history.recorded(now).get(0));
		this.entries.add(entry);
		this.open.add(entry);
		for (int window = 0; window < POLICIES.size(); window++) {
			this.used[window] += cost;
		}
	}

	private void giveBack(Entry entry, long cost, long now) {
		Quota quota = new Quota(Client.user("alice"), POLICIES, entry.cost);
		boolean live = now - entry.at < POLICIES.get(1).periodNanos();
		assertThat(this.history.giveBack(new Settlement(quota, entry.outcome, cost), now, this.budget))
			.isEqualTo(live ? Settlement.Result.SETTLED : Settlement.Result.GONE);
		for (int window = 0; window < POLICIES.size(); window++) {
			this.used[window] -= (entry.at - first(window).at >= 0) ? entry.cost - cost : 0;
		}
		entry.cost = cost;
	}

	private void assertUsed(int window, long now) {
		for (Entry first = first(window); now - first.at >= POLICIES.get(window).periodNanos(); first = first(window)) {
			this.used[window] -= first.cost;
			this.first[window]++;
		}
		assertThat(this.history.used(window)).isEqualTo(this.used[window]);
	}

	private Entry first(int window) {
		return this.entries.get(this.first[window]);
	}

	private static final class Entry {

		private final long at;

		private long cost;

		private final Outcome outcome;

		Entry(long at, long cost, Outcome outcome) {
			this.at = at;
			this.cost = cost;
			this.outcome = outcome;
		}

	}

}
