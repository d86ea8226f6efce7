package dev.throttle.backend.memory;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientStoreTests {

	private final ThrottleClock clock = new ThrottleClock();

	private final EntryBudget budget = new EntryBudget(Long.MAX_VALUE);

	@Test
	void clientThatWasJustAddedIsNotSweptAway() {
		ClientStore store = new ClientStore(1_000, this.budget, this.clock);
		ClientHistories added = store.obtain(Client.user("alice"));
		store.sweep();
		assertThat(added.isEvicted()).isFalse();
		this.clock.advance(Duration.ofSeconds(1));
		store.sweep();
		assertThat(added.isEvicted()).isTrue();
		assertThat(store.find(Client.user("alice"))).isNull();
	}

	@Test
	void historiesAreSharedOnlyWhereThereIsNoRoom() {
		ClientStore store = new ClientStore(2, this.budget, this.clock);
		ClientHistories alice = store.obtainOrShare(Client.user("alice"));
		ClientHistories bob = store.obtainOrShare(Client.user("bob"));
		assertThat(alice.isShared()).isFalse();
		assertThat(bob.isShared()).isFalse();
		assertThat(store.obtainOrShare(Client.user("carol")).isShared()).isTrue();
		assertThat(store.obtainOrShare(Client.user("alice"))).isSameAs(alice);
		assertThat(store.statistics()).isEqualTo(new MemoryStatistics(2, 0, 0, 1, 0));
	}

	@Test
	void sweepLeavesExactlyTheClientsWithLiveEntries() {
		ClientStore store = new ClientStore(5_000, this.budget, this.clock);
		for (int i = 0; i < 5_000; i++) {
			record(store, "client" + i, (i % 3 == 0) ? "5/hour" : "5/min");
		}
		this.clock.advance(Duration.ofMinutes(1));
		for (int i = 0; i < 3; i++) {
			store.sweep();
		}
		assertThat(store.statistics().clients()).isEqualTo(1_667);
		for (int i = 0; i < 5_000; i++) {
			assertThat(store.find(Client.user("client" + i)) != null).isEqualTo(i % 3 == 0);
		}
	}

	private void record(ClientStore store, String client, String rate) {
		Quota quota = new Quota(Client.user(client), Policy.of("user", Rate.parse(rate)));
		History history = store.obtain(quota.client()).obtain(quota);
		history.expire(quota.policies(), this.clock.nanos(), this.budget);
		history.record(1, this.clock.nanos(), this.budget);
	}

}
