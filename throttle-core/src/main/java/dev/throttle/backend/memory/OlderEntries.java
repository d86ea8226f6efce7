package dev.throttle.backend.memory;

/**
 * The entries of a long history that are not exact: their times, and their cumulative
 * costs.
 */
final class OlderEntries extends LongRing {

	private final Costs costs;

	/**
	 * Create an empty log.
	 * @param removed the cumulative cost of the entries that have been removed before
	 */
	OlderEntries(long removed) {
		this.costs = new Costs(removed);
	}

	/**
	 * Return the room of times and costs.
	 */
	int room() {
		return capacity() + this.costs.capacity();
	}

	/**
	 * Add an entry. If the last one is in the same step, both become one, at the later
	 * time.
	 * @return whether they became one
	 */
	boolean add(long instant, long cumulative, long step) {
		if (size() > 0 && Math.floorDiv(instant, step) == Math.floorDiv(last(), step)) {
			setLast(instant);
			this.costs.setLast(cumulative);
			return true;
		}
		add(instant);
		this.costs.add(cumulative);
		return false;
	}

	/**
	 * Remove the oldest entries.
	 */
	void drop(int count) {
		this.costs.removeFirst(count, size());
		removeFirst(count);
	}

	/**
	 * Remove the newest entry.
	 */
	void dropLast() {
		int last = size() - 1;
		this.costs.remove(last, 1);
		remove(last, 1);
	}

	/**
	 * Return the sum of the costs up to an entry, and of all that have been removed.
	 */
	long cumulative(int index) {
		return this.costs.cumulative(index, size());
	}

}
