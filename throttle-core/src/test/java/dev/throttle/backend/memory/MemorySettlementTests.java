package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settlements where there is not room for all clients and entries.
 */
class MemorySettlementTests {

	private final ThrottleClock clock = new ThrottleClock();

	private MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void whatIsGivenBackTakesNoRoom() {
		for (int i = 0; i < 3_000; i++) {
			Quota quota = quota("client" + i % 3, "5000/hour", 1 + i % 2);
			assertThat(settle(quota, decide(quota), 0)).isEqualTo(Settlement.Result.SETTLED);
			this.clock.advance(Duration.ofMillis(1));
		}
		assertThat(this.backend.statistics().entries()).isLessThanOrEqualTo(3 * 2);
		this.backend.sweep();
		this.clock.advance(Duration.ofMinutes(1));
		this.backend.sweep();
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(0, 0, 0, 0, 0));
	}

	@Test
	void reservationBeforeAResetTakesNothingFromASmallerOneOfTheSameInstant() {
		Quota alice = quota("alice", "5/min", 3);
		Outcome before = decide(alice);
		this.backend.reset(alice.client(), Scope.of("user"));
		decide(quota("alice", "5/min", 2));
		assertThat(settle(alice, before, 1)).isEqualTo(Settlement.Result.GONE);
		assertThat(remaining(alice)).isEqualTo(3);
	}

	@Test
	void evictedReservationIsGone() {
		use(MemoryCacheBackend.builder().maxClients(1));
		Quota alice = quota("alice", "5/min", 2);
		Outcome evicted = decide(alice);
		decide(quota("bob", "5/min", 1));
		assertThat(settle(alice, evicted, 1)).isEqualTo(Settlement.Result.GONE);
		this.clock.advance(Duration.ofSeconds(1));
		decide(alice);
		assertThat(settle(alice, evicted, 1)).isEqualTo(Settlement.Result.GONE);
		assertThat(remaining(alice)).isEqualTo(3);
	}

	@Test
	void debtOfAnEvictedClientIsRecorded() {
		use(MemoryCacheBackend.builder().maxClients(1));
		Quota alice = quota("alice", "5/min", 1);
		Outcome evicted = decide(alice);
		decide(quota("bob", "5/min", 1));
		assertThat(settle(alice, evicted, 4)).isEqualTo(Settlement.Result.SETTLED);
		assertThat(remaining(alice)).isEqualTo(2);
		assertThat(this.backend.statistics().evictions()).isEqualTo(2);
	}

	@Test
	void reservationInTheSharedHistoryIsSettledThere() {
		use(MemoryCacheBackend.builder().maxClients(1));
		decide(quota("alice", "2/min", 2));
		decide(quota("alice", "2/min", 1));
		Quota bob = quota("bob", "9/min", 4);
		Outcome outcome = decide(bob);
		assertThat(settle(bob, outcome, 1)).isEqualTo(Settlement.Result.SETTLED);
		assertThat(remaining(quota("carol", "9/min", 1))).isEqualTo(8);
		assertThat(settle(bob, outcome, 6)).isEqualTo(Settlement.Result.SETTLED);
		assertThat(remaining(quota("carol", "9/min", 1))).isEqualTo(6);
	}

	@Test
	void reservationThatWasMergedWithLaterOnesStands() {
		use(MemoryCacheBackend.builder().maxClients(1).maxEntries(6));
		decide(quota("alice", "5/min", 5));
		decide(quota("alice", "5/min", 1));
		Quota quota = quota("bob", "9/min", 2);
		decide(quota);
		this.clock.advance(Duration.ofSeconds(1));
		Outcome merged = decide(quota);
		this.clock.advance(Duration.ofSeconds(1));
		Outcome last = decide(quota);
		assertThat(this.backend.statistics().merges()).isPositive();
		assertThat(settle(quota, merged, 0)).isEqualTo(Settlement.Result.STANDS);
		assertThat(remaining(quota)).isEqualTo(3);
		assertThat(settle(quota, last, 0)).isEqualTo(Settlement.Result.SETTLED);
		assertThat(remaining(quota)).isEqualTo(5);
	}

	@Test
	void clientIsNoLongerKeptAsDeniedWhenAPermitIsGivenBack() {
		use(MemoryCacheBackend.builder().maxClients(1));
		Quota alice = quota("alice", "1/min", 1);
		Outcome outcome = decide(alice);
		assertThat(decide(alice).isAllowed()).isFalse();
		settle(alice, outcome, 0);
		assertThat(decide(quota("bob", "1/min", 1)).isAllowed()).isTrue();
		assertThat(this.backend.statistics().overflows()).isZero();
	}

	private void use(MemoryCacheBackend.Builder builder) {
		this.backend.close();
		this.backend = builder.clock(this.clock).build();
	}

	private Outcome decide(Quota quota) {
		return this.backend.decide(quota).get(0);
	}

	private long remaining(Quota quota) {
		return this.backend.peek(new QuotaGroup(List.of(quota))).get(0).remaining();
	}

	private Settlement.Result settle(Quota quota, Outcome outcome, long cost) {
		return this.backend.settle(List.of(new Settlement(quota, outcome, cost))).get(0);
	}

	private static Quota quota(String client, String rate, long cost) {
		return new Quota(Client.user(client), Policy.of("user", Rate.parse(rate)), cost);
	}

}
