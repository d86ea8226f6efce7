package dev.throttle.backend.memory;

/**
 * The cumulative costs of entries. They are stored for the last entries only. Earlier
 * entries cost 1 each, so that a history need not be rewritten when costs begin to
 * differ.
 */
final class Costs extends LongRing {

	/** The cumulative cost of all entries that have been removed. */
	private long removed;

	/**
	 * Create the costs of entries, none of which is stored yet.
	 * @param removed the cumulative cost of the entries that have been removed before
	 */
	Costs(long removed) {
		this.removed = removed;
	}

	/**
	 * Record the cost of the next entry.
	 */
	void record(long cost, int entries) {
		add(cumulative(entries - 1, entries) + cost);
	}

	/**
	 * Raise the cost of the last entry.
	 */
	void addToLast(long cost, int entries) {
		long cumulative = cumulative(entries - 1, entries) + cost;
		if (size() == 0) {
			add(cumulative);
		}
		else {
			setLast(cumulative);
		}
	}

	/**
	 * Remove the costs of the oldest entries.
	 */
	void removeFirst(int count, int entries) {
		int ones = entries - size();
		this.removed = cumulative(count - 1, entries);
		if (count > ones) {
			removeFirst(count - ones);
		}
	}

	/**
	 * Remove the costs of some entries, and lower the sums from there on.
	 * @param index the first of the entries
	 * @param count how many are removed
	 * @param permits by how much the sums get lower, the costs of the removed entries
	 * included
	 */
	void lower(int index, int count, long permits, int entries) {
		int ones = entries - size();
		int first = Math.max(0, index - ones);
		int end = Math.max(0, index + count - ones);
		remove(first, end - first);
		for (int i = first; i < size(); i++) {
			set(i, get(i) - permits);
		}
	}

	/**
	 * Return the sum of the costs up to an entry, and of all that have been removed.
	 */
	long cumulative(int index, int entries) {
		int ones = entries - size();
		return (index < ones) ? this.removed + index + 1 : get(index - ones);
	}

}
