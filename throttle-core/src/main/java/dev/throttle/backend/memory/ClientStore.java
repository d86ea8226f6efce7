package dev.throttle.backend.memory;

import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import dev.throttle.Client;
import org.jspecify.annotations.Nullable;

/**
 * Bounded map of client histories. A lookup takes no lock. Adding and evicting take the
 * store's lock and then a client's, never the other way round.
 */
final class ClientStore {

	private static final int SWEPT_AT_ONCE = 256;

	private static final int SWEPT_FOR_ONE = 128;

	private static final int VISITED_FOR_ONE = 32;

	private static final int CANDIDATES = 5;

	private static final int PROBES = 64;

	/**
	 * The time in which a request must record its first entry after it has added its
	 * client.
	 */
	private static final long GRACE_NANOS = 250_000_000;

	/** The longest time between two checks of a client for expired entries. */
	private static final long VISIT_NANOS = 10_000_000_000L;

	/** The time before the next try after no client could be evicted. */
	private static final long CROWDED_NANOS = 10_000_000;

	private final ConcurrentHashMap<Client, ClientHistories> clients = new ConcurrentHashMap<>();

	private final ClientHistories overflow = new ClientHistories(new Client("overflow", "", false), -1);

	private final NanoClock clock;

	private final EntryBudget budget;

	private final int max;

	/** The clients by slot; the first slots are used. */
	private @Nullable ClientHistories[] slots = new @Nullable ClientHistories[16];

	/** The time of the next check for expired entries, by slot. */
	private long[] dueNanos = new long[16];

	private int count;

	private int evictionHand;

	private int sweepHand;

	private boolean crowded;

	private long crowdedAtNanos;

	private long evictions;

	private long overflows;

	ClientStore(int max, EntryBudget budget, NanoClock clock) {
		this.max = max;
		this.budget = budget;
		this.clock = clock;
	}

	int max() {
		return this.max;
	}

	@Nullable ClientHistories find(Client client) {
		return this.clients.get(client);
	}

	/**
	 * Return the histories in which a client would be counted, null if it has none.
	 */
	@Nullable ClientHistories findOrShared(Client client) {
		ClientHistories present = this.clients.get(client);
		return (present != null) ? present : overflowIfCrowded();
	}

	private synchronized @Nullable ClientHistories overflowIfCrowded() {
		return (this.crowded && this.count == this.max) ? this.overflow : null;
	}

	/**
	 * Return a client's histories, created if necessary. If the store is full of clients
	 * that are being denied, all further clients share the same histories.
	 */
	ClientHistories obtain(Client client) {
		ClientHistories present = this.clients.get(client);
		return (present != null) ? present : add(client);
	}

	private synchronized ClientHistories add(Client client) {
		ClientHistories present = this.clients.get(client);
		if (present != null) {
			return present;
		}
		if (this.count == this.max && !evictOne()) {
			return overflow();
		}
		if (this.count == this.slots.length) {
			int length = (int) Math.min(this.max, 2L * this.count);
			this.slots = Arrays.copyOf(this.slots, length);
			this.dueNanos = Arrays.copyOf(this.dueNanos, length);
		}
		ClientHistories added = new ClientHistories(client, this.count);
		put(this.count++, added, this.clock.nanos() + GRACE_NANOS);
		this.clients.put(client, added);
		return added;
	}

	private void put(int slot, ClientHistories histories, long dueNanos) {
		this.slots[slot] = histories;
		this.dueNanos[slot] = dueNanos;
		histories.slot(slot);
	}

	/**
	 * Return a client's histories, created if there is room without evicting another
	 * client. Otherwise, return the histories that all clients without room share.
	 */
	synchronized ClientHistories obtainOrShare(Client client) {
		return (this.count < this.max || this.clients.containsKey(client)) ? obtain(client) : overflow();
	}

	private ClientHistories overflow() {
		this.overflows++;
		return this.overflow;
	}

	/**
	 * Evict clients until there is room for more entries, but only a few in one call.
	 */
	synchronized void makeRoomForEntries() {
		for (int i = 0; i < CANDIDATES && !this.budget.mayGrow(); i++) {
			if (!evictOne()) {
				return;
			}
		}
	}

	/**
	 * Evict a client: an expired one if one is found, otherwise the least used of a
	 * sample, and among equals the one that expires first. A client that is being denied
	 * is never evicted.
	 */
	private boolean evictOne() {
		long now = this.clock.nanos();
		if (this.crowded && now - this.crowdedAtNanos < CROWDED_NANOS) {
			return false;
		}
		if (sweepOne(now) || evictLeastUsed(now)) {
			return true;
		}
		this.crowded = true;
		this.crowdedAtNanos = now;
		return false;
	}

	private boolean evictLeastUsed(long now) {
		ClientHistories candidate = null;
		double leastShare = 1;
		long soonestFree = 0;
		int candidates = 0;
		int probes = Math.min(PROBES, this.count);
		for (int probe = 0; probe < probes && candidates < CANDIDATES; probe++) {
			this.evictionHand = next(this.evictionHand);
			ClientHistories probed = at(this.evictionHand);
			probed.lock();
			try {
				long untilFree = probed.expireAll(now, this.clock, this.budget);
				double share = probed.largestShare(now, this.clock);
				if (share < 1) {
					candidates++;
				}
				if (share < leastShare || candidate != null && share == leastShare && untilFree < soonestFree) {
					candidate = probed;
					leastShare = share;
					soonestFree = untilFree;
				}
			}
			finally {
				probed.unlock();
			}
		}
		return candidate != null && evict(candidate, now);
	}

	private boolean evict(ClientHistories candidate, long now) {
		candidate.lock();
		try {
			if (candidate.largestShare(now, this.clock) >= 1) {
				return false;
			}
			if (candidate.expireAll(now, this.clock, this.budget) > 0) {
				this.evictions++;
			}
			remove(candidate);
			return true;
		}
		finally {
			candidate.unlock();
		}
	}

	/**
	 * Drop all expired entries.
	 */
	void sweep() {
		for (int left = count(); left > 0; left -= SWEPT_AT_ONCE) {
			if (sweepSome() > 0) {
				yieldLock();
			}
		}
		this.overflow.lock();
		try {
			this.overflow.expireAll(this.clock.nanos(), this.clock, this.budget);
		}
		finally {
			this.overflow.unlock();
		}
	}

	private void yieldLock() {
		LockSupport.parkNanos(this, 1);
	}

	private synchronized int count() {
		return this.count;
	}

	/**
	 * Drop expired entries in the next slots.
	 * @return how many slots were checked
	 */
	private synchronized int sweepSome() {
		long now = this.clock.nanos();
		int visits = 0;
		int slots = Math.min(SWEPT_AT_ONCE, this.count);
		for (int i = 0; i < slots; i++) {
			if (isNextDue(now)) {
				visits++;
				sweepSlot(now);
			}
		}
		return visits;
	}

	/**
	 * Drop the first expired client in the next slots.
	 * @return whether there was one
	 */
	private boolean sweepOne(long now) {
		int visits = 0;
		int slots = Math.min(SWEPT_FOR_ONE, this.count);
		for (int i = 0; i < slots && visits < VISITED_FOR_ONE; i++) {
			if (isNextDue(now)) {
				visits++;
				if (sweepSlot(now)) {
					return true;
				}
			}
		}
		return false;
	}

	private boolean isNextDue(long now) {
		this.sweepHand = next(this.sweepHand);
		return now - this.dueNanos[this.sweepHand] >= 0;
	}

	private int next(int slot) {
		return (slot + 1 < this.count) ? slot + 1 : 0;
	}

	private ClientHistories at(int slot) {
		return Objects.requireNonNull(this.slots[slot]);
	}

	/**
	 * Drop expired entries in the current slot.
	 * @return whether the client is gone, and another one is in its slot
	 */
	private boolean sweepSlot(long now) {
		ClientHistories swept = at(this.sweepHand);
		swept.lock();
		try {
			long untilExpired = swept.expireAll(now, this.clock, this.budget);
			if (untilExpired > 0) {
				this.dueNanos[this.sweepHand] = now + Math.min(untilExpired, VISIT_NANOS);
				return false;
			}
			remove(swept);
			this.sweepHand--;
			return true;
		}
		finally {
			swept.unlock();
		}
	}

	private void remove(ClientHistories removed) {
		removed.evict(this.budget);
		this.clients.remove(removed.client());
		int last = --this.count;
		put(removed.slot(), at(last), this.dueNanos[last]);
		this.slots[last] = null;
		this.crowded = false;
	}

	/**
	 * Forget all clients.
	 */
	synchronized void clear() {
		while (this.count > 0) {
			ClientHistories last = at(this.count - 1);
			last.lock();
			try {
				remove(last);
			}
			finally {
				last.unlock();
			}
		}
		this.overflow.lock();
		try {
			this.overflow.forgetAll(this.budget);
		}
		finally {
			this.overflow.unlock();
		}
	}

	synchronized MemoryStatistics statistics() {
		return new MemoryStatistics(this.count, this.budget.allocated(), this.evictions, this.overflows,
				this.budget.merges());
	}

}
