package dev.throttle.backend.memory;

/**
 * The cumulative costs of a history's last entries. Earlier entries cost 1 each, so that
 * a history need not be rewritten when costs begin to differ.
 */
final class Costs extends LongRing {

	/** The cumulative cost of all entries that have been removed. */
	private long removed;

	/**
	 * Return the sum of the costs of all entries.
	 */
	long sum(int entries) {
		return cumulative(entries - 1, entries) - this.removed;
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
	 * @return by how much the capacity shrank
	 */
	int removeFirst(int count, int entries) {
		int ones = entries - size();
		this.removed = cumulative(count - 1, entries);
		return (count > ones) ? removeFirst(count - ones) : 0;
	}

	/**
	 * Return the first entry at which the sum of the costs, from the oldest entry on,
	 * reaches a number of permits.
	 */
	int indexOf(long permits, int entries) {
		int low = 0;
		int high = entries - 1;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (cumulative(middle, entries) - this.removed < permits) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return low;
	}

	private long cumulative(int index, int entries) {
		int ones = entries - size();
		return (index < ones) ? this.removed + index + 1 : get(index - ones);
	}

}
