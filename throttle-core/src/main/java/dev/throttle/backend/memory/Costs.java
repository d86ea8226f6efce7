package dev.throttle.backend.memory;

/**
 * The cumulative costs of a history's last entries. Earlier entries cost 1 each, so that
 * a history need not be rewritten when costs begin to differ.
 */
final class Costs extends LongRing {

	/** The cumulative cost of all entries that have been removed. */
	private long removed;

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
	 * Return the sum of the costs up to an entry, and of all that have been removed.
	 */
	long cumulative(int index, int entries) {
		int ones = entries - size();
		return (index < ones) ? this.removed + index + 1 : get(index - ones);
	}

}
