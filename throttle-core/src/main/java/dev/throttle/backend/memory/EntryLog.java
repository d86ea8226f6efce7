package dev.throttle.backend.memory;

import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a {@link SlidingHistory}: the times of requests and their cumulative
 * costs, oldest first. It extends {@link LongRing}, which holds the exact times, to save
 * an object per history.
 */
class EntryLog extends LongRing {

	/**
	 * The number of entries that are exact to the nanosecond. Older entries are merged if
	 * they are within the same 1/131072 of the kept period, which bounds a history for
	 * any limit.
	 */
	static final int EXACT_ENTRIES = 1 << 17;

	/** What {@link #append} returns if it merged nothing. */
	static final int NONE = -1;

	private @Nullable Costs costs;

	private @Nullable OlderEntries older;

	/**
	 * Return the number of entries, exact and older ones.
	 */
	final int entries() {
		return (this.older != null) ? this.older.size() + size() : size();
	}

	/**
	 * Return the sum of the costs from an entry on.
	 */
	final long sumFrom(int index) {
		return (this.costs != null) ? cumulative(entries() - 1) - cumulative(index - 1) : size() - index;
	}

	/**
	 * Add an entry.
	 * @param keptNanos the period for which entries are kept
	 * @return the index of an entry that was merged into the one before it, {@link #NONE}
	 * if there is none
	 */
	final int append(long cost, long now, long keptNanos, EntryBudget budget) {
		boolean weighted = cost != 1 || this.costs != null;
		boolean grows = isFull() || weighted && (this.costs == null || this.costs.isFull()) || size() == EXACT_ENTRIES;
		if (!grows) {
			add(cost, now);
			return NONE;
		}
		int before = allocated();
		int merged = NONE;
		if (size() > 0 && !budget.mayGrow()) {
			merged = entries();
			setLast(instant(now));
			costs().addToLast(cost, size());
			budget.merged();
		}
		else {
			add(cost, now);
			if (size() > EXACT_ENTRIES) {
				merged = moveToOlder(keptNanos / EXACT_ENTRIES + 1);
			}
		}
		budget.add(allocated() - before);
		return merged;
	}

	private void add(long cost, long now) {
		if (cost != 1 || this.costs != null) {
			costs().record(cost, size());
		}
		add(instant(now));
	}

	private long instant(long now) {
		return (size() > 0 && now - last() < 0) ? last() : now;
	}

	private int moveToOlder(long step) {
		Costs costs = costs();
		OlderEntries older = this.older;
		if (older == null) {
			older = new OlderEntries(costs.cumulative(-1, size()));
			this.older = older;
		}
		int index = older.size();
		boolean merged = older.add(get(0), costs.cumulative(0, size()), step);
		costs.removeFirst(1, size());
		removeFirst(1);
		return merged ? index : NONE;
	}

	/**
	 * Drop the oldest entries. If none is left, a little capacity is kept for new ones.
	 */
	final void drop(int count, EntryBudget budget) {
		int before = allocated();
		OlderEntries older = this.older;
		int exact = count;
		if (older != null) {
			int ofOlder = Math.min(count, older.size());
			older.drop(ofOlder);
			this.older = (older.size() > 0) ? older : null;
			exact -= ofOlder;
		}
		if (exact == size()) {
			this.costs = null;
		}
		else if (this.costs != null) {
			this.costs.removeFirst(exact, size());
		}
		removeFirst(exact);
		budget.add(allocated() - before);
	}

	/**
	 * Return the first entry that was not recorded before an instant, among the exact
	 * entries that have at most {@link Settlement#MAX_LATER_ENTRIES} later ones.
	 */
	final int firstSince(long instant) {
		int end = entries();
		int low = end - Math.min(size(), Settlement.MAX_LATER_ENTRIES + 1);
		int high = end;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (instant(middle) - instant < 0) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low;
	}

	/**
	 * Lower the costs of exact entries by some permits in all, from one entry on. An
	 * entry whose cost becomes 0 is removed.
	 * @return how many entries were removed
	 */
	final int lower(long permits, int from, EntryBudget budget) {
		int before = allocated();
		int last = firstWith(permits, from);
		int removed = last - from + ((sumFrom(from) - sumFrom(last + 1) == permits) ? 1 : 0);
		int exact = (this.older != null) ? from - this.older.size() : from;
		if (this.costs != null) {
			this.costs.lower(exact, removed, permits, size());
		}
		remove(exact, removed);
		if (size() == 0) {
			this.costs = null;
			takeFromOlder();
		}
		budget.add(allocated() - before);
		return removed;
	}

	/**
	 * Move the newest of the older entries back, so that the newest entry is always an
	 * exact one.
	 */
	private void takeFromOlder() {
		OlderEntries older = this.older;
		if (older == null) {
			return;
		}
		int last = older.size() - 1;
		Costs costs = new Costs(older.cumulative(last - 1));
		costs.add(older.cumulative(last));
		this.costs = costs;
		add(older.last());
		older.dropLast();
		this.older = (last > 0) ? older : null;
	}

	/**
	 * Drop all entries, and free their memory.
	 */
	final void clear(EntryBudget budget) {
		budget.add(-allocated());
		this.costs = null;
		this.older = null;
		clear();
	}

	/**
	 * Return the first entry at which the sum of the costs, from another entry on,
	 * reaches a number of permits.
	 */
	final int firstWith(long permits, int from) {
		if (this.costs == null) {
			return from + (int) permits - 1;
		}
		long base = cumulative(from - 1);
		int low = from;
		int high = entries() - 1;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (cumulative(middle) - base < permits) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low;
	}

	/**
	 * Return the first live entry of a period after an expired one. The last entry is
	 * live.
	 */
	final int firstLive(int expired, long period, long now) {
		int dead = expired;
		int live = expired + 1;
		int step = 1;
		while (now - instant(live) >= period) {
			dead = live;
			step *= 2;
			live = Math.min(live + step, entries() - 1);
		}
		while (live - dead > 1) {
			int middle = (dead + live) >>> 1;
			if (now - instant(middle) >= period) {
				dead = middle;
			}
			else {
				live = middle;
			}
		}
		return live;
	}

	final long instant(int index) {
		OlderEntries older = this.older;
		if (older == null) {
			return get(index);
		}
		return (index < older.size()) ? older.get(index) : get(index - older.size());
	}

	/**
	 * Return the sum of the costs up to an entry, and of all that have been dropped.
	 */
	private long cumulative(int index) {
		OlderEntries older = this.older;
		if (older != null && index < older.size()) {
			return older.cumulative(index);
		}
		return costs().cumulative((older != null) ? index - older.size() : index, size());
	}

	private int allocated() {
		if (this.costs == null) {
			return capacity();
		}
		return capacity() + this.costs.capacity() + ((this.older != null) ? this.older.room() : 0);
	}

	private Costs costs() {
		Costs costs = this.costs;
		if (costs == null) {
			costs = new Costs(0);
			this.costs = costs;
		}
		return costs;
	}

}
