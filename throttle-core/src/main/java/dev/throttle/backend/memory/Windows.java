package dev.throttle.backend.memory;

/**
 * Where the windows begin, and how long entries are kept.
 */
final class Windows {

	/** The index of the first live entry, by rate. */
	final int[] first;

	/** For how long entries are kept. */
	private long keptNanos;

	/** Whether entries are kept for a period that is no longer in force. */
	private boolean retained;

	/** The time at which that ends. */
	private long until;

	Windows(int number, long keptNanos) {
		this.first = new int[number];
		this.keptNanos = keptNanos;
	}

	void keep(long nanos) {
		this.keptNanos = nanos;
		this.retained = false;
	}

	void retain(long nanos, long until) {
		this.keptNanos = nanos;
		this.retained = true;
		this.until = until;
	}

	long keptNanos() {
		return this.keptNanos;
	}

	/**
	 * Return the time at which entries are no longer kept for a period that is not in
	 * force, or another time if they are not.
	 */
	long retainedUntil(long otherwise) {
		return this.retained ? this.until : otherwise;
	}

	boolean isRetainedUntil(long now) {
		return this.retained && now - this.until >= 0;
	}

	void dropped(int count) {
		for (int i = 0; i < this.first.length; i++) {
			this.first[i] = Math.max(0, this.first[i] - count);
		}
	}

	/**
	 * Adjust the indexes after entries have been removed.
	 */
	void removed(int index, int count) {
		for (int i = 0; i < this.first.length; i++) {
			this.first[i] -= Math.max(0, Math.min(count, this.first[i] - index));
		}
	}

	/**
	 * Adjust the indexes after an entry has been merged into the one before it.
	 */
	void merged(int index) {
		for (int i = 0; i < this.first.length; i++) {
			this.first[i] -= (this.first[i] >= index) ? 1 : 0;
		}
	}

}
