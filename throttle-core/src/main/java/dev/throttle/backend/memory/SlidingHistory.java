package dev.throttle.backend.memory;

import java.time.Instant;
import java.util.List;

import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * A log of admitted requests, with a sliding window for each rate.
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
 * period is over. Times are elapsed times.
 */
class SlidingHistory extends History {

	/** Null if there is one window, and entries are kept for its period. */
	private @Nullable Windows windows;

	SlidingHistory(List<Policy> policies, @Nullable History next) {
		super(policies, next);
		this.windows = windows(policies);
	}

	private static @Nullable Windows windows(List<Policy> policies) {
		return (policies.size() > 1) ? new Windows(policies.size(), longestNanos(policies)) : null;
	}

	@Override
	final boolean isCalendar() {
		return false;
	}

	@Override
	final boolean isVoid() {
		return size() == 0;
	}

	@Override
	final void expire(List<Policy> policies, long now, EntryBudget budget) {
		expire(now, budget);
		if (isOther(policies)) {
			change(policies, now);
			moveWindows(now);
		}
	}

	@Override
	final void expire(long now, EntryBudget budget) {
		if (size() == 0) {
			return;
		}
		if (this.windows != null && this.windows.isRetainedUntil(now)) {
			this.windows.keep(longestNanos(policies()));
		}
		long kept = keptNanos();
		if (now - last() >= kept) {
			drop(entries(), budget);
			this.windows = windows(policies());
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

	@Override
	final void use(List<Policy> policies) {
		super.use(policies);
		this.windows = windows(policies);
	}

	/**
	 * Use other rates from now on. Entries that a longer period needed are kept for that
	 * period longer.
	 */
	private void change(List<Policy> policies, long now) {
		Windows present = this.windows;
		long before = longestNanos(policies());
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
		return (this.windows != null) ? this.windows.keptNanos() : policy().periodNanos();
	}

	private static long longestNanos(List<Policy> policies) {
		long longest = 0;
		for (int i = 0; i < policies.size(); i++) {
			longest = Math.max(longest, policies.get(i).periodNanos());
		}
		return longest;
	}

	@Override
	final long used(int window) {
		return sumFrom(first(window));
	}

	@Override
	final void add(long cost, long now, EntryBudget budget) {
		int merged = append(cost, now, keptNanos(), budget);
		if (merged != NONE && this.windows != null) {
			this.windows.merged(merged);
		}
	}

	@Override
	final long total() {
		return sumFrom(0);
	}

	@Override
	final Settlement.Result lower(Settlement settlement, long now, EntryBudget budget) {
		long instant = settlement.outcome().recordedAt();
		int first = firstSince(instant);
		if (sumFrom(first) - sumFrom(firstSince(instant + 1)) < settlement.quota().cost()) {
			return (first > 0) ? Settlement.Result.STANDS : Settlement.Result.GONE;
		}
		int removed = lower(-settlement.difference(), first, budget);
		if (size() == 0) {
			this.windows = windows(policies());
		}
		else if (this.windows != null) {
			this.windows.removed(first, removed);
		}
		return Settlement.Result.SETTLED;
	}

	@Override
	final long recordedAt() {
		return last();
	}

	@Override
	final @Nullable Instant timeOfDay(long now) {
		return null;
	}

	@Override
	final long lengthNanos(int window, long now) {
		return policy(window).periodNanos();
	}

	@Override
	final long nanosUntilFree(int window, long permits, long now) {
		return instant(firstWith(permits, first(window))) - now + policy(window).periodNanos();
	}

	@Override
	final long nanosUntilExpired(long now) {
		return (size() > 0) ? last() - now + keptNanos() : 0;
	}

	@Override
	final void forget(EntryBudget budget) {
		clear(budget);
		super.forget(budget);
		this.windows = windows(policies());
	}

	private int first(int window) {
		return (this.windows != null) ? this.windows.first[window] : 0;
	}

}
