package dev.throttle.backend;

import java.util.Objects;

/**
 * The true cost of a recorded quota, which was not known when it was decided.
 *
 * @param quota the quota, as it was decided
 * @param outcome one of its outcomes, which tells when it was recorded and by whom
 * @param cost how many permits the request has taken in truth, 0 or more
 * @since 1.0.0
 */
public record Settlement(Quota quota, Outcome outcome, long cost) {

	/**
	 * How many later entries a history may have for a cost in it to be lowered. It bounds
	 * the work of one settlement.
	 */
	public static final int MAX_LATER_ENTRIES = 4096;

	/**
	 * Create a settlement.
	 * @param quota the quota, as it was decided
	 * @param outcome one of its outcomes, which tells when it was recorded and by whom
	 * @param cost how many permits the request has taken in truth, 0 or more
	 * @throws IllegalArgumentException if the quota was not recorded, or the cost is
	 * negative
	 */
	public Settlement {
		Objects.requireNonNull(quota, "'quota' must not be null");
		if (!outcome.isRecorded()) {
			throw new IllegalArgumentException("'quota' must be recorded to be settled");
		}
		if (cost < 0) {
			throw new IllegalArgumentException("'cost' must not be negative but is " + cost);
		}
	}

	/**
	 * Return by how much the true cost differs from the reserved one.
	 * @return the difference in permits, negative if permits are given back
	 */
	public long difference() {
		return this.cost - this.quota.cost();
	}

	/**
	 * Return a settlement of the same quota at another cost.
	 * @param cost how many permits the request has taken in truth, 0 or more
	 * @return the settlement
	 */
	public Settlement withCost(long cost) {
		return new Settlement(this.quota, this.outcome, cost);
	}

	/**
	 * What became of a settlement.
	 *
	 * @since 1.0.0
	 */
	public enum Result {

		/**
		 * The true cost counts now.
		 */
		SETTLED,

		/**
		 * What was recorded does not count any more: it has expired, or was forgotten.
		 */
		GONE,

		/**
		 * The cost could not be lowered, because more than {@value #MAX_LATER_ENTRIES}
		 * entries came after it, or because the store merged it with others for lack of
		 * room. The reserved cost counts.
		 */
		STANDS,

		/**
		 * The store did not answer. The reserved cost counts, unless the answer was lost.
		 */
		LOST

	}

}
