package dev.throttle.backend.memory;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.jspecify.annotations.Nullable;

/**
 * The times of a client's admitted requests under one policy, oldest first. Guarded by
 * its {@link ClientHistories}, except for the denial. It extends {@link LongRing} instead
 * of holding one, which saves an object per history.
 */
class History extends LongRing {

	/**
	 * The number of entries that are exact to the nanosecond. The times of further
	 * entries are rounded up to 1/131072 of the period, which bounds a history for any
	 * limit.
	 */
	static final int EXACT_ENTRIES = 1 << 17;

	private Policy policy;

	private @Nullable Costs costs;

	private volatile @Nullable Denial denial;

	private volatile @Nullable History next;

	/**
	 * Create an empty history.
	 */
	History(Policy policy, @Nullable History next) {
		this.policy = policy;
		this.next = next;
	}

	/**
	 * Return the policy that was last counted.
	 */
	final Policy policy() {
		return this.policy;
	}

	/**
	 * Use another policy from now on.
	 */
	final void use(Policy policy) {
		this.policy = policy;
		this.denial = null;
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
	 * Drop expired entries, and use this policy from now on.
	 */
	final void expire(Policy policy, long now, EntryBudget budget) {
		expire(now, budget);
		if (!policy.equals(this.policy)) {
			use(policy);
			expire(now, budget);
		}
	}

	/**
	 * Drop expired entries. If all have expired, a little capacity is kept for new ones.
	 */
	final void expire(long now, EntryBudget budget) {
		if (size() == 0) {
			return;
		}
		long period = periodNanos();
		if (now - last() >= period) {
			int room = (this.costs != null) ? this.costs.capacity() : 0;
			this.costs = null;
			budget.add(-(room + removeFirst(size())));
		}
		else if (now - get(0) >= period) {
			int count = firstLive(period, now);
			int room = (this.costs != null) ? this.costs.removeFirst(count, size()) : 0;
			budget.add(-(room + removeFirst(count)));
		}
	}

	final long used() {
		return (this.costs != null) ? this.costs.sum(size()) : size();
	}

	final boolean hasRoomFor(long cost) {
		return cost <= limit() - used();
	}

	final void record(long cost, long now, EntryBudget budget) {
		boolean coarse = size() >= EXACT_ENTRIES;
		boolean weighted = cost != 1 || this.costs != null;
		boolean grows = isFull() || weighted && (this.costs == null || this.costs.isFull());
		int before = (coarse || grows) ? allocated() : 0;
		long instant = instant(now);
		if (coarse && instant == last()) {
			costs().addToLast(cost, size());
		}
		else if (grows && size() > 0 && !budget.mayGrow()) {
			setLast(instant);
			costs().addToLast(cost, size());
			budget.merged();
		}
		else {
			if (weighted) {
				costs().record(cost, size());
			}
			add(instant);
		}
		if (coarse || grows) {
			budget.add(allocated() - before);
		}
		if (this.denial != null) {
			this.denial = null;
		}
	}

	private long instant(long now) {
		long instant = (size() > 0 && now - last() < 0) ? last() : now;
		if (size() < EXACT_ENTRIES) {
			return instant;
		}
		long step = periodNanos() / EXACT_ENTRIES + 1;
		return Math.floorDiv(instant + step - 1, step) * step;
	}

	/**
	 * Return the permits that are free.
	 */
	final long remaining() {
		return Math.max(0, limit() - used());
	}

	/**
	 * Return the time until the next permit becomes free.
	 */
	final long resetNanos(long now) {
		if (limit() == 0) {
			return periodNanos();
		}
		return (size() > 0) ? nanosUntilFree(Math.max(1, used() - limit() + 1), now) : 0;
	}

	final Outcome allowed(long now) {
		return new Outcome(true, remaining(), 0, resetNanos(now), null);
	}

	final Outcome denied(Quota quota, long cost, long now) {
		long wait = waitNanos(cost, now);
		long reset = resetNanos(now);
		if (size() > 0 && limit() > 0 && cost == quota.cost()) {
			this.denial = new Denial(quota.policy(), cost, remaining(), now, wait, reset);
		}
		return new Outcome(false, remaining(), wait, reset, null);
	}

	private long waitNanos(long cost, long now) {
		if (cost > limit()) {
			return Outcome.NEVER;
		}
		return nanosUntilFree(used() - limit() + cost, now);
	}

	private long nanosUntilFree(long permits, long now) {
		int index = (this.costs != null) ? this.costs.indexOf(permits, size()) : (int) permits - 1;
		return get(index) - now + periodNanos();
	}

	/**
	 * Return the time until the last entry expires, not positive if it has expired.
	 */
	final long nanosUntilExpired(long now) {
		return (size() > 0) ? last() - now + periodNanos() : 0;
	}

	/**
	 * Return the share of the limit that is used, from 0 to 1 and above; at least 1 while
	 * a denied request is waiting. The share of a shadow is 0, because it denies nobody.
	 */
	final double share(long now) {
		if (size() == 0 || this.policy.isShadow()) {
			return 0;
		}
		double share = (limit() > 0) ? (double) used() / limit() : 1;
		return (this.denial != null && this.denial.isWaiting(now)) ? Math.max(1, share) : share;
	}

	final void forget(EntryBudget budget) {
		budget.add(-allocated());
		this.denial = null;
		this.costs = null;
		clear();
	}

	private int allocated() {
		return capacity() + ((this.costs != null) ? this.costs.capacity() : 0);
	}

	private int firstLive(long period, long now) {
		int dead = 0;
		int live = 1;
		while (now - get(live) >= period) {
			dead = live;
			live = Math.min(2 * live, size() - 1);
		}
		while (live - dead > 1) {
			int middle = (dead + live) >>> 1;
			if (now - get(middle) >= period) {
				dead = middle;
			}
			else {
				live = middle;
			}
		}
		return live;
	}

	private Costs costs() {
		Costs costs = this.costs;
		if (costs == null) {
			costs = new Costs();
			this.costs = costs;
		}
		return costs;
	}

	private long limit() {
		return this.policy.rate().limit();
	}

	private long periodNanos() {
		return this.policy.periodNanos();
	}

}
