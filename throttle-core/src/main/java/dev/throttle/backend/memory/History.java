package dev.throttle.backend.memory;

import java.time.Instant;
import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * What a client has used under the rates of one scope that are counted together. Times
 * are nanoseconds of the clock that {@link #now} chooses. Guarded by its
 * {@link ClientHistories}, except for the denial.
 * <p>
 * It extends {@link EntryLog}, which only {@link SlidingHistory} uses, to save an object
 * per history.
 */
abstract class History extends EntryLog {

	/** Debts beyond this are not recorded, so that no sum overflows. */
	private static final long MAX_USED = Long.MAX_VALUE / 2;

	private List<Policy> policies;

	private Policy policy;

	private volatile @Nullable Denial denial;

	private volatile @Nullable History next;

	/**
	 * Create an empty history.
	 */
	History(List<Policy> policies, @Nullable History next) {
		this.policies = policies;
		this.policy = policies.get(0);
		this.next = next;
	}

	/**
	 * Return an empty history for some rates.
	 */
	static History of(List<Policy> policies, @Nullable History next) {
		return policies.get(0).isCalendar() ? new CalendarHistory(policies, next) : new SlidingHistory(policies, next);
	}

	/**
	 * Return the present time of this history.
	 */
	final long now(NanoClock clock) {
		return isCalendar() ? CalendarHistory.nanos(clock.instant()) : clock.nanos();
	}

	/**
	 * Return whether times here are those of the day, in nanoseconds since the epoch.
	 * Otherwise, they are elapsed times.
	 */
	abstract boolean isCalendar();

	/**
	 * Return whether nothing counts here.
	 */
	abstract boolean isVoid();

	/**
	 * Return the rates that were last counted.
	 */
	final List<Policy> policies() {
		return this.policies;
	}

	/**
	 * Return the first of these rates.
	 */
	final Policy policy() {
		return this.policy;
	}

	final @Nullable History next() {
		return this.next;
	}

	final void next(@Nullable History next) {
		this.next = next;
	}

	/**
	 * Return the known denial, which may be read without the lock.
	 */
	final @Nullable Denial denial() {
		return this.denial;
	}

	/**
	 * Drop what has expired, and use these rates from now on.
	 */
	abstract void expire(List<Policy> policies, long now, EntryBudget budget);

	/**
	 * Drop what has expired. If that is all, a little capacity is kept for new entries.
	 */
	abstract void expire(long now, EntryBudget budget);

	@SuppressWarnings("ReferenceEquality")
	final boolean isOther(List<Policy> policies) {
		return policies != this.policies && !policies.equals(this.policies);
	}

	/**
	 * Use an empty history for other rates.
	 */
	void use(List<Policy> policies) {
		this.policies = policies;
		this.policy = policies.get(0);
		this.denial = null;
	}

	/**
	 * Return whether every window has room.
	 */
	final boolean hasRoomFor(long cost) {
		boolean room = hasRoomFor(cost, 0);
		for (int i = 1; room && i < this.policies.size(); i++) {
			room = hasRoomFor(cost, i);
		}
		return room;
	}

	private boolean hasRoomFor(long cost, int window) {
		return cost <= limit(window) - used(window);
	}

	/**
	 * Return the permits that are used in a window.
	 */
	abstract long used(int window);

	final void record(long cost, long now, EntryBudget budget) {
		add(cost, now, budget);
		forgetDenial();
	}

	final void forgetDenial() {
		if (this.denial != null) {
			this.denial = null;
		}
	}

	abstract void add(long cost, long now, EntryBudget budget);

	/**
	 * Record what a request has taken beyond what it reserved, whether or not there is
	 * room. A void history begins again, with these rates.
	 */
	final void recordDebt(List<Policy> policies, long debt, long now, EntryBudget budget) {
		expire(now, budget);
		if (isVoid()) {
			use(policies);
		}
		long cost = Math.min(debt, MAX_USED - total());
		if (cost > 0) {
			record(cost, now, budget);
		}
	}

	/**
	 * Return the sum of all costs that are kept.
	 */
	abstract long total();

	/**
	 * Give back what a request has reserved but not taken.
	 */
	final Settlement.Result giveBack(Settlement settlement, long now, EntryBudget budget) {
		expire(now, budget);
		Settlement.Result result = lower(settlement, now, budget);
		if (result == Settlement.Result.SETTLED) {
			forgetDenial();
		}
		return result;
	}

	abstract Settlement.Result lower(Settlement settlement, long now, EntryBudget budget);

	/**
	 * Return the permits that are free in a window.
	 */
	private long remaining(int window) {
		return Math.max(0, limit(window) - used(window));
	}

	/**
	 * Return the time until the next permit of a window becomes free.
	 */
	private long resetNanos(int window, long now) {
		long limit = limit(window);
		if (limit == 0) {
			return lengthNanos(window, now);
		}
		long used = used(window);
		return (used > 0) ? nanosUntilFree(window, Math.max(1, used - limit + 1), now) : 0;
	}

	/**
	 * Return the outcomes of a request that has been recorded.
	 */
	final List<Outcome> recorded(long now) {
		long instant = recordedAt();
		if (this.policies.size() == 1) {
			return List.of(allowed(0, now, instant));
		}
		Outcome[] outcomes = new Outcome[this.policies.size()];
		for (int i = 0; i < outcomes.length; i++) {
			outcomes[i] = allowed(i, now, instant);
		}
		return List.of(outcomes);
	}

	/**
	 * Return the outcomes of a request that has not been recorded.
	 * @param quota the quota
	 * @param cost the cost of the request, more than the quota's if several quotas are
	 * counted here
	 */
	final List<Outcome> notRecorded(Quota quota, long cost, long now) {
		Outcome[] outcomes = new Outcome[this.policies.size()];
		boolean allowed = true;
		for (int i = 0; i < outcomes.length; i++) {
			outcomes[i] = hasRoomFor(cost, i) ? allowed(i, now, Outcome.NOT_RECORDED) : denied(i, cost, now);
			allowed &= outcomes[i].isAllowed();
		}
		List<Outcome> all = List.of(outcomes);
		if (!allowed && cost == quota.cost()) {
			this.denial = Denial.of(quota, all, now);
		}
		return all;
	}

	private Outcome allowed(int window, long now, long recordedAt) {
		return new Outcome(true, remaining(window), 0, resetNanos(window, now), timeOfDay(now),
				Outcome.DecidedBy.BACKEND, recordedAt);
	}

	private Outcome denied(int window, long cost, long now) {
		long limit = limit(window);
		long wait = (cost > limit) ? Outcome.NEVER : nanosUntilFree(window, used(window) - limit + cost, now);
		return new Outcome(false, remaining(window), wait, resetNanos(window, now), timeOfDay(now));
	}

	/**
	 * Return when a request was recorded, in the unit of {@link Outcome#recordedAt()}.
	 */
	abstract long recordedAt();

	/**
	 * Return the time of day, null if it is not known.
	 */
	abstract @Nullable Instant timeOfDay(long now);

	/**
	 * Return the reset of a limit that is 0.
	 */
	abstract long lengthNanos(int window, long now);

	/**
	 * Return the time until some of the used permits of a window are free.
	 */
	abstract long nanosUntilFree(int window, long permits, long now);

	/**
	 * Return the time until all is free, not positive if it is.
	 */
	abstract long nanosUntilExpired(long now);

	/**
	 * Return the largest share of a limit that is used, from 0 to 1 and above; at least 1
	 * while a denied request is waiting. The share of a shadow is 0, because it denies
	 * nobody.
	 */
	final double share(long now) {
		if (isVoid() || this.policy.isShadow()) {
			return 0;
		}
		double share = (this.denial != null && this.denial.isWaiting(now)) ? 1 : 0;
		for (int i = 0; i < this.policies.size(); i++) {
			share = Math.max(share, (limit(i) > 0) ? (double) used(i) / limit(i) : 1);
		}
		return share;
	}

	void forget(EntryBudget budget) {
		this.denial = null;
	}

	final Policy policy(int window) {
		return (window == 0) ? this.policy : this.policies.get(window);
	}

	private long limit(int window) {
		return policy(window).rate().limit();
	}

}
