package dev.throttle.backend.memory;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.Client;
import org.jspecify.annotations.Nullable;

/**
 * The clients that have histories, at most so many. Looking one up takes no lock; adding
 * and evicting take the store's, and then a client's, never the other way round.
 */
final class ClientStore {

	private static final int SWEPT_AT_ONCE = 1024;

	private static final int CANDIDATES = 8;

	private static final int PROBES = 64;

	private final ConcurrentHashMap<Client, ClientHistories> clients = new ConcurrentHashMap<>();

	private final ClientHistories overflow = new ClientHistories(new Client("overflow", "", false), -1);

	private final NanoClock clock;

	private final EntryBudget budget;

	private final int max;

	/** By slot, null where a slot is free. */
	private @Nullable ClientHistories[] slots = new @Nullable ClientHistories[16];

	/** By slot, the time before which nothing there is void. */
	private long[] dueNanos = new long[16];

	private int[] freeSlots = new int[16];

	private int freeCount;

	private int usedSlots;

	private int evictionHand;

	private int sweepHand;

	private long evictions;

	private long overflows;

	ClientStore(int max, EntryBudget budget, NanoClock clock) {
		this.max = max;
		this.budget = budget;
		this.clock = clock;
	}

	@Nullable ClientHistories find(Client client) {
		return this.clients.get(client);
	}

	/**
	 * Return a client's histories, made if need be. Where the store is full of clients
	 * that are being denied, these are the ones that all further clients share.
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
		if (count() == this.max && !evictOne()) {
			return overflow();
		}
		int slot = takeSlot();
		ClientHistories added = new ClientHistories(client, slot);
		this.slots[slot] = added;
		this.dueNanos[slot] = this.clock.nanos();
		this.clients.put(client, added);
		return added;
	}

	/**
	 * Return the histories that clients share for which there is no room.
	 */
	synchronized ClientHistories overflow() {
		this.overflows++;
		return this.overflow;
	}

	private int count() {
		return this.usedSlots - this.freeCount;
	}

	private int takeSlot() {
		if (this.freeCount > 0) {
			return this.freeSlots[--this.freeCount];
		}
		if (this.usedSlots == this.slots.length) {
			int length = (int) Math.min(this.max, 2L * this.usedSlots);
			this.slots = Arrays.copyOf(this.slots, length);
			this.dueNanos = Arrays.copyOf(this.dueNanos, length);
		}
		return this.usedSlots++;
	}

	/**
	 * Forget clients until there is room for more entries, as far as that can be had at a
	 * bounded cost.
	 */
	synchronized void makeRoomForEntries() {
		for (int i = 0; i < CANDIDATES && !this.budget.mayGrow(); i++) {
			if (!evictOne()) {
				return;
			}
		}
	}

	/**
	 * Forget a client: a void one if one is found, else the least used and soonest free
	 * of some, but none that is being denied.
	 */
	private boolean evictOne() {
		int before = count();
		if (before == 0 || sweepNext() < before) {
			return before > 0;
		}
		ClientHistories candidate = null;
		double leastShare = 1;
		long soonestFree = 0;
		int candidates = 0;
		long now = this.clock.nanos();
		for (int probe = 0; probe < PROBES && candidates < CANDIDATES; probe++) {
			this.evictionHand = (this.evictionHand + 1) % this.usedSlots;
			ClientHistories probed = this.slots[this.evictionHand];
			if (probed == null) {
				continue;
			}
			synchronized (probed) {
				long untilFree = probed.expire(now, this.budget);
				double share = probed.share();
				if (share < 1) {
					candidates++;
				}
				if (share < leastShare || candidate != null && share == leastShare && untilFree < soonestFree) {
					candidate = probed;
					leastShare = share;
					soonestFree = untilFree;
				}
			}
		}
		if (candidate == null) {
			return false;
		}
		synchronized (candidate) {
			remove(candidate);
		}
		this.evictions++;
		return true;
	}

	/**
	 * Drop all that is void.
	 */
	void sweep() {
		int swept = 0;
		do {
			sweepNext();
			swept += SWEPT_AT_ONCE;
		}
		while (swept < usedSlots());
		synchronized (this.overflow) {
			this.overflow.expire(this.clock.nanos(), this.budget);
		}
	}

	private synchronized int usedSlots() {
		return this.usedSlots;
	}

	/**
	 * Drop what is void in the next slots.
	 * @return how many clients are left
	 */
	private synchronized int sweepNext() {
		long now = this.clock.nanos();
		int slots = Math.min(SWEPT_AT_ONCE, this.usedSlots);
		for (int i = 0; i < slots; i++) {
			this.sweepHand = (this.sweepHand + 1) % this.usedSlots;
			if (now - this.dueNanos[this.sweepHand] >= 0) {
				sweep(this.sweepHand, now);
			}
		}
		return count();
	}

	private void sweep(int slot, long now) {
		ClientHistories swept = this.slots[slot];
		if (swept == null) {
			return;
		}
		synchronized (swept) {
			long untilVoid = swept.expire(now, this.budget);
			if (untilVoid > 0) {
				this.dueNanos[slot] = now + untilVoid;
			}
			else {
				remove(swept);
			}
		}
	}

	private void remove(ClientHistories removed) {
		removed.evict(this.budget);
		this.clients.remove(removed.client());
		this.slots[removed.slot()] = null;
		if (this.freeCount == this.freeSlots.length) {
			this.freeSlots = Arrays.copyOf(this.freeSlots, 2 * this.freeCount);
		}
		this.freeSlots[this.freeCount++] = removed.slot();
	}

	synchronized MemoryStatistics statistics() {
		return new MemoryStatistics(count(), this.budget.allocated(), this.evictions, this.overflows);
	}

}
