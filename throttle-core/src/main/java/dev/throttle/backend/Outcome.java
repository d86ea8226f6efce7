package dev.throttle.backend;

import java.time.Instant;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

/**
 * The answer of a backend about one rate of a quota.
 *
 * @param isAllowed whether the rate has room for the request, regardless of other rates
 * and quotas
 * @param remaining the permits that are free after the decision, never negative
 * @param waitNanos the time in nanoseconds after which the rate has room for the request,
 * if nothing else is recorded meanwhile; 0 if it is allowed, {@link #NEVER} if the cost
 * is above the limit, which may be 0
 * @param resetNanos the time in nanoseconds after which the next permit becomes free; 0
 * if all are free; if the limit is 0, the period or the time to the next boundary of the
 * calendar
 * @param decidedAt the time of the decision, null if the backend's clock has no time of
 * day; never null for a rate of the calendar
 * @param decidedBy who decided
 * @param recordedAt the time under which the quota was recorded, in a unit of the
 * backend, or in microseconds since the epoch for a rate of the calendar;
 * {@link #NOT_RECORDED} if it was not
 * @since 1.0.0
 */
public record Outcome(boolean isAllowed, long remaining, long waitNanos, long resetNanos, @Nullable Instant decidedAt,
		DecidedBy decidedBy, long recordedAt) {

	/**
	 * The wait of a request that costs more than the limit, which may be 0.
	 */
	public static final long NEVER = Long.MAX_VALUE;

	/**
	 * In place of a time, if the quota was not recorded.
	 */
	public static final long NOT_RECORDED = Long.MIN_VALUE;

	/**
	 * Create an outcome of a quota that the backend decided but did not record.
	 * @param isAllowed whether the rate has room for the request
	 * @param remaining the permits that are free after the decision
	 * @param waitNanos the time in nanoseconds after which the rate has room
	 * @param resetNanos the time in nanoseconds after which the next permit becomes free
	 * @param decidedAt the time of the decision, null if the backend's clock has no time
	 * of day
	 */
	public Outcome(boolean isAllowed, long remaining, long waitNanos, long resetNanos, @Nullable Instant decidedAt) {
		this(isAllowed, remaining, waitNanos, resetNanos, decidedAt, DecidedBy.BACKEND);
	}

	/**
	 * Create an outcome of a quota that was not recorded.
	 * @param isAllowed whether the rate has room for the request
	 * @param remaining the permits that are free after the decision
	 * @param waitNanos the time in nanoseconds after which the rate has room
	 * @param resetNanos the time in nanoseconds after which the next permit becomes free
	 * @param decidedAt the time of the decision, null if the backend's clock has no time
	 * of day
	 * @param decidedBy who decided
	 */
	public Outcome(boolean isAllowed, long remaining, long waitNanos, long resetNanos, @Nullable Instant decidedAt,
			DecidedBy decidedBy) {
		this(isAllowed, remaining, waitNanos, resetNanos, decidedAt, decidedBy, NOT_RECORDED);
	}

	/**
	 * Return whether the quota was recorded, so that it can be settled.
	 * @return whether it was recorded
	 */
	public boolean isRecorded() {
		return this.recordedAt != NOT_RECORDED;
	}

	/**
	 * Return when the next permit becomes free.
	 * @param clock the clock to use if the backend's clock has no time of day
	 * @return the time; that of the decision if all permits are free
	 */
	public Instant resetAt(InstantSource clock) {
		return ((this.decidedAt != null) ? this.decidedAt : clock.instant()).plusNanos(this.resetNanos);
	}

	/**
	 * Return this outcome, decided by somebody else.
	 * @param decidedBy who decided
	 * @return the outcome
	 */
	public Outcome withDecidedBy(DecidedBy decidedBy) {
		return new Outcome(this.isAllowed, this.remaining, this.waitNanos, this.resetNanos, this.decidedAt, decidedBy,
				this.recordedAt);
	}

	/**
	 * Who decides a quota.
	 *
	 * @since 1.0.0
	 */
	public enum DecidedBy {

		/**
		 * The backend itself.
		 */
		BACKEND,

		/**
		 * The backend that counts in this process while the shared one does not answer.
		 */
		LOCAL,

		/**
		 * Nobody: the backend does not answer, and nothing was counted.
		 */
		NOBODY

	}

}
