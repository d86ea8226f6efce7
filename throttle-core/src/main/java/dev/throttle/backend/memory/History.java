package dev.throttle.backend.memory;

import java.time.Instant;
import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * The log of a client's admitted requests under one scope, with a window for each rate.
 *
 * <pre>
 *               older       exact: the newest 131072
 * times       o   o  o  |  x x xx  x  x xx x x x  x x |  now
 * costs       c   c  c  |          c  c cc c c c  c c |
 *             |------- kept for the longest period ---|
 *             ^ 1/day         ^ 1/hour       ^ 1/min     first entries of the windows
 * </pre>
 *
 * An entry is the time of a request, and the sum of all costs up to it. The sums of exact
 * entries are kept from the first cost on that is not 1. What a window has used is the
 * difference of two sums, so nothing is counted one by one. What a request gives back is
 * taken from its entry, and so from all later sums. Entries are dropped when the kept
 * period is over. Guarded by its {@link ClientHistories}, except for the denial.
 */
class History extends EntryLog {

	/** Debts beyond this are not recorded, so that no sum overflows. */
	private static final long MAX_USED = Long.MAX_VALUE / 2;

	private List<Policy> policies;

	private Policy policy;

	/** Null if there is one window, and entries are kept for its period. */
	private @Nullable Windows windows;

	private volatile @Nullable Denial denial;

	private volatile @Nullable History next;

	/**
	 * Create an empty history.
	 */
	History(List<Policy> policies, @Nullable History next) {
		this.policies = policies;
		this.policy = policies.get(0);
		this.windows = windows(policies);
		this.next = next;
	}

	/**
	 * Return an empty history for some rates.
	 */
	static History of(List<Policy> policies, @Nullable History next) {
		return policies.get(0).isCalendar() ? new CalendarHistory(policies, next) : new History(policies, next);
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
	boolean isCalendar() {
		return false;
	}

	private static @Nullable Windows windows(List<Policy> policies) {
		return (policies.size() > 1) ? new Windows(policies.size(), longestNanos(policies)) : null;
	}

	/**
	 * Return whether nothing counts here.
	 */
	boolean isVoid() {
		return size() == 0;
	}

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
	 * Drop expired entries, and use these rates from now on.
	 */
	void expire(List<Policy> policies, long now, EntryBudget budget) {
		expire(now, budget);
		if (isOther(policies)) {
			change(policies, now);
			moveWindows(now);
		}
	}

	@SuppressWarnings("ReferenceEquality")
	final boolean isOther(List<Policy> policies) {
		return policies != this.policies && !policies.equals(this.policies);
	}

	/**
	 * Drop expired entries. If all have expired, a little capacity is kept for new ones.
	 */
	void expire(long now, EntryBudget budget) {
		if (size() == 0) {
			return;
		}
		if (this.windows != null && this.windows.isRetainedUntil(now)) {
			this.windows.keep(longestNanos(this.policies));
		}
		long kept = keptNanos();
		if (now - last() >= kept) {
			drop(entries(), budget);
			this.windows = windows(this.policies);
		}
		else {
			if (now - instant(0) >= kept) {
				int expired = firstLive(0, kept, now);
				drop(expired, budget);
				if (this.windows != null) {
					this.windows.dropped(expired);
				}
			}
			moveWindows(now);
		}
	}

	/**
	 * Use an empty history for other rates.
	 */
	final void use(List<Policy> policies) {
		this.policies = policies;
		this.policy = policies.get(0);
		this.windows = windows(policies);
		this.denial = null;
	}

	/**
	 * Use other rates from now on. Entries that a longer period needed are kept for that
	 * period longer.
	 */
	private void change(List<Policy> policies, long now) {
		Windows present = this.windows;
		long before = longestNanos(this.policies);
		long kept = keptNanos();
		use(policies);
		long longest = longestNanos(policies);
		if (size() > 0 && kept > longest) {
			Windows changed = (this.windows != null) ? this.windows : new Windows(1, longest);
			long until = (present != null) ? present.retainedUntil(now) : now;
			changed.retain(kept, (before > longest && now + before - until > 0) ? now + before : until);
			this.windows = changed;
		}
	}

	private void moveWindows(long now) {
		Windows windows = this.windows;
		if (windows == null) {
			return;
		}
		int entries = entries();
		for (int i = 0; i < windows.first.length; i++) {
			long period = policy(i).periodNanos();
			int first = windows.first[i];
			if (first < entries && now - instant(first) >= period) {
				windows.first[i] = (now - last() >= period) ? entries : firstLive(first, period, now);
			}
		}
	}

	private long keptNanos() {
		return (this.windows != null) ? this.windows.keptNanos() : this.policy.periodNanos();
	}

	private static long longestNanos(List<Policy> policies) {
		long longest = 0;
		for (int i = 0; i < policies.size(); i++) {
			longest = Math.max(longest, policies.get(i).periodNanos());
		}
		return longest;
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
	long used(int window) {
		return sumFrom(first(window));
	}

	final void record(long cost, long now, EntryBudget budget) {
		add(cost, now, budget);
		forgetDenial();
	}

	final void forgetDenial() {
		if (this.denial != null) {
			this.denial = null;
		}
	}

	void add(long cost, long now, EntryBudget budget) {
		int merged = append(cost, now, keptNanos(), budget);
		if (merged != NONE && this.windows != null) {
			this.windows.merged(merged);
		}
	}

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
	long total() {
		return sumFrom(0);
	}

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

	Settlement.Result lower(Settlement settlement, long now, EntryBudget budget) {
		long instant = settlement.outcome().recordedAt();
		int first = firstSince(instant);
		if (sumFrom(first) - sumFrom(firstSince(instant + 1)) < settlement.quota().cost()) {
			return (first > 0) ? Settlement.Result.STANDS : Settlement.Result.GONE;
		}
		int removed = lower(-settlement.difference(), first, budget);
		if (size() == 0) {
			this.windows = windows(this.policies);
		}
		else if (this.windows != null) {
			this.windows.removed(first, removed);
		}
		return Settlement.Result.SETTLED;
	}

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
	long recordedAt() {
		return last();
	}

	/**
	 * Return the time of day, null if it is not known.
	 */
	@Nullable Instant timeOfDay(long now) {
		return null;
	}

	long lengthNanos(int window, long now) {
		return policy(window).periodNanos();
	}

	long nanosUntilFree(int window, long permits, long now) {
		return instant(firstWith(permits, first(window))) - now + policy(window).periodNanos();
	}

	/**
	 * Return the time until the last entry expires, not positive if it has expired.
	 */
	long nanosUntilExpired(long now) {
		return (size() > 0) ? last() - now + keptNanos() : 0;
	}

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
		clear(budget);
		this.denial = null;
		this.windows = windows(this.policies);
	}

	private int first(int window) {
		return (this.windows != null) ? this.windows.first[window] : 0;
	}

	final Policy policy(int window) {
		return (window == 0) ? this.policy : this.policies.get(window);
	}

	private long limit(int window) {
		return policy(window).rate().limit();
	}

}
