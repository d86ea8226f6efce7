package dev.throttle.backend.memory;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * Keeps histories in this process. It is exact as long as there is room for all clients
 * with live entries, and for these entries. Otherwise, the least used clients are
 * evicted, but never one that is being denied. If all clients are being denied, further
 * clients share a history. An entry without room is merged into the newest one of its
 * history. A client may then be denied for longer, but never gets more than its limit.
 * All of this is counted in the {@linkplain #statistics() statistics}, and logged as a
 * warning.
 *
 * @since 1.0.0
 */
public final class MemoryCacheBackend implements CacheBackend, AutoCloseable {

	/**
	 * The default for the largest number of clients.
	 */
	public static final int DEFAULT_MAX_CLIENTS = 100_000;

	/**
	 * The default for the largest number of entries.
	 */
	public static final long DEFAULT_MAX_ENTRIES = 10_000_000;

	private static final int MAX_ATTEMPTS = 16;

	private final NanoClock clock;

	private final EntryBudget budget;

	private final ClientStore store;

	private final Sweeper sweeper;

	private MemoryCacheBackend(Builder builder) {
		this.clock = builder.clock;
		this.budget = new EntryBudget(builder.maxEntries);
		this.store = new ClientStore(builder.maxClients, this.budget, builder.clock);
		this.sweeper = new Sweeper(this.store, new ShortageWarning(this.store, this.budget, this.clock));
	}

	/**
	 * Return a builder.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	@Override
	public List<Outcome> decide(Quota quota) {
		ClientHistories present = this.store.find(quota.client());
		if (present != null) {
			List<Outcome> denied = knownDenial(present, quota);
			if (denied != null) {
				return denied;
			}
		}
		makeRoomForEntries();
		for (int attempt = 0;; attempt++) {
			ClientHistories histories = (present != null) ? present : obtain(quota.client(), attempt);
			List<Outcome> outcomes;
			histories.lock();
			try {
				outcomes = histories.isEvicted() ? null : decideLocked(histories.obtain(quota), quota);
			}
			finally {
				histories.unlock();
			}
			if (outcomes != null) {
				return outcomes;
			}
			present = null;
		}
	}

	private List<Outcome> decideLocked(History history, Quota quota) {
		long now = history.now(this.clock);
		history.expire(quota.policies(), now, this.budget);
		if (!history.hasRoomFor(quota.cost())) {
			return history.notRecorded(quota, quota.cost(), now);
		}
		history.record(quota.cost(), now, this.budget);
		return history.recorded(now);
	}

	private @Nullable List<Outcome> knownDenial(ClientHistories histories, Quota quota) {
		History history = histories.find(quota.historyKey());
		Denial denial = (history != null) ? history.denial() : null;
		return (history != null && denial != null) ? denial.outcomes(quota, history.now(this.clock)) : null;
	}

	@Override
	public List<Outcome> decide(List<QuotaGroup> groups) {
		if (groups.size() == 1 && groups.get(0).quotas().size() == 1) {
			return decide(groups.get(0).quotas().get(0));
		}
		makeRoomForEntries();
		for (int attempt = 0;; attempt++) {
			ClientHistories[] clients = obtain(groups, attempt);
			List<Outcome> outcomes = new LockedDecision(groups, clients, true, this.clock, this.budget).decide();
			if (outcomes != null) {
				return outcomes;
			}
		}
	}

	@Override
	public List<Outcome> peek(QuotaGroup group) {
		List<QuotaGroup> groups = List.of(group);
		while (true) {
			@Nullable ClientHistories[] clients = find(group.quotas());
			List<Outcome> outcomes = new LockedDecision(groups, clients, false, this.clock, this.budget).decide();
			if (outcomes != null) {
				return outcomes;
			}
		}
	}

	@Override
	public CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
		return CompletableFuture.completedFuture(decide(groups));
	}

	@Override
	public CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
		return CompletableFuture.completedFuture(peek(group));
	}

	@Override
	public List<Settlement.Result> settle(List<Settlement> settlements) {
		return settlements.stream().map(this::settle).toList();
	}

	private Settlement.Result settle(Settlement settlement) {
		long difference = settlement.difference();
		if (difference < 0) {
			return giveBack(settlement);
		}
		if (difference > 0) {
			recordDebt(settlement.quota(), difference);
		}
		return Settlement.Result.SETTLED;
	}

	private Settlement.Result giveBack(Settlement settlement) {
		Quota quota = settlement.quota();
		ClientHistories histories = this.store.findOrShared(quota.client());
		if (histories == null) {
			return Settlement.Result.GONE;
		}
		histories.lock();
		try {
			History history = histories.find(quota.historyKey());
			return (history != null) ? history.giveBack(settlement, history.now(this.clock), this.budget)
					: Settlement.Result.GONE;
		}
		finally {
			histories.unlock();
		}
	}

	private void recordDebt(Quota quota, long debt) {
		makeRoomForEntries();
		boolean recorded = false;
		for (int attempt = 0; !recorded; attempt++) {
			ClientHistories histories = obtain(quota.client(), attempt);
			histories.lock();
			try {
				if (!histories.isEvicted()) {
					History history = histories.obtain(quota);
					history.recordDebt(quota.policies(), debt, history.now(this.clock), this.budget);
					recorded = true;
				}
			}
			finally {
				histories.unlock();
			}
		}
	}

	@Override
	public CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
		return CompletableFuture.completedFuture(settle(settlements));
	}

	@Override
	public void reset(Client client, Scope scope) {
		ClientHistories histories = this.store.find(client);
		if (histories == null) {
			return;
		}
		histories.lock();
		try {
			for (History history = histories; history != null; history = history.next()) {
				if (history.policy().scope().equals(scope)) {
					history.forget(this.budget);
				}
			}
		}
		finally {
			histories.unlock();
		}
	}

	/**
	 * Forget what all clients have used, as between two tests. Requests that are decided
	 * at the same time may be forgotten or not.
	 */
	public void clear() {
		this.store.clear();
	}

	/**
	 * Return the current statistics.
	 * @return the statistics
	 */
	public MemoryStatistics statistics() {
		return this.store.statistics();
	}

	/**
	 * Stop dropping expired entries in the background.
	 */
	@Override
	public void close() {
		this.sweeper.close();
	}

	/**
	 * Do what the background thread does, now.
	 */
	void sweep() {
		this.sweeper.sweep();
	}

	private @Nullable ClientHistories[] find(List<Quota> quotas) {
		@Nullable ClientHistories[] clients = new @Nullable ClientHistories[quotas.size()];
		for (int i = 0; i < clients.length; i++) {
			clients[i] = this.store.findOrShared(quotas.get(i).client());
		}
		return clients;
	}

	/**
	 * Return the histories in which each quota is counted. All quotas of one client get
	 * the same histories, even if another request makes room for the client meanwhile.
	 */
	private ClientHistories[] obtain(List<QuotaGroup> groups, int attempt) {
		int quotas = 0;
		for (QuotaGroup group : groups) {
			quotas += group.quotas().size();
		}
		ClientHistories[] histories = new ClientHistories[quotas];
		Client[] clients = new Client[quotas];
		int next = 0;
		for (QuotaGroup group : groups) {
			for (Quota quota : group.quotas()) {
				int again = lastIndexOf(quota.client(), clients, next);
				clients[next] = quota.client();
				histories[next] = (again >= 0) ? histories[again] : obtain(quota.client(), attempt);
				next++;
			}
		}
		return histories;
	}

	private static int lastIndexOf(Client client, Client[] clients, int end) {
		int index = end - 1;
		while (index >= 0 && !client.equals(clients[index])) {
			index--;
		}
		return index;
	}

	private ClientHistories obtain(Client client, int attempt) {
		this.sweeper.start();
		return (attempt < MAX_ATTEMPTS) ? this.store.obtain(client) : this.store.obtainOrShare(client);
	}

	private void makeRoomForEntries() {
		if (!this.budget.mayGrow()) {
			this.store.makeRoomForEntries();
		}
	}

	/**
	 * Builds a {@link MemoryCacheBackend}.
	 */
	public static final class Builder {

		private NanoClock clock = NanoClock.SYSTEM;

		private int maxClients = DEFAULT_MAX_CLIENTS;

		private long maxEntries = DEFAULT_MAX_ENTRIES;

		private Builder() {
		}

		/**
		 * Set the clock.
		 * @param clock the clock
		 * @return this builder
		 */
		public Builder clock(NanoClock clock) {
			this.clock = Objects.requireNonNull(clock, "'clock' must not be null");
			return this;
		}

		/**
		 * Set the largest number of clients.
		 * @param maxClients the number of clients, at least 1
		 * @return this builder
		 * @throws IllegalArgumentException if the number is not positive
		 */
		public Builder maxClients(int maxClients) {
			if (maxClients < 1) {
				throw new IllegalArgumentException("'maxClients' must be at least 1 but is " + maxClients);
			}
			this.maxClients = maxClients;
			return this;
		}

		/**
		 * Set the largest number of entries in the histories of all clients. An entry
		 * takes 8 bytes, or 16 if costs differ.
		 * @param maxEntries the number of entries, at least 1
		 * @return this builder
		 * @throws IllegalArgumentException if the number is not positive
		 */
		public Builder maxEntries(long maxEntries) {
			if (maxEntries < 1) {
				throw new IllegalArgumentException("'maxEntries' must be at least 1 but is " + maxEntries);
			}
			this.maxEntries = maxEntries;
			return this;
		}

		/**
		 * Return the backend.
		 * @return the backend
		 */
		public MemoryCacheBackend build() {
			return new MemoryCacheBackend(this);
		}

	}

}
