package dev.throttle.test;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * What a client has used under a scope: a list of entries, from which every answer is
 * worked out by walking it. It follows the contract of a history as plainly as possible.
 */
final class PlainLog implements PlainHistory {

	private final List<Entry> entries = new ArrayList<>();

	/** The longest period of the rates that were used last. */
	private long lastNanos;

	/** For how long entries are kept. */
	private long keptNanos;

	/** Whether entries are kept for a longer period than that of the last rates. */
	private boolean retained;

	private long retainedUntil;

	@Override
	public void use(List<Policy> policies, long now) {
		expire(now);
		long longestNanos = policies.stream().mapToLong(Policy::periodNanos).max().orElseThrow();
		if (this.entries.isEmpty() || longestNanos >= this.keptNanos) {
			this.keptNanos = longestNanos;
			this.retained = false;
		}
		else if (this.lastNanos > longestNanos) {
			long until = now + this.lastNanos;
			this.retainedUntil = this.retained ? Math.max(this.retainedUntil, until) : until;
			this.retained = true;
		}
		this.lastNanos = longestNanos;
	}

	private void expire(long now) {
		if (this.retained && now >= this.retainedUntil) {
			this.keptNanos = this.lastNanos;
			this.retained = false;
		}
		for (Iterator<Entry> all = this.entries.iterator(); all.hasNext();) {
			if (now - all.next().at() >= this.keptNanos) {
				all.remove();
			}
		}
	}

	@Override
	public void add(long cost, long now) {
		this.entries.add(new Entry(now, cost));
	}

	/**
	 * Settle what was recorded, however many entries came later. Entries of one instant
	 * are not told apart.
	 */
	@Override
	public Settlement.Result settle(Settlement settlement, long at, long now) {
		expire(now);
		long difference = settlement.difference();
		if (difference < 0) {
			return giveBack(-difference, settlement.quota().cost(), at);
		}
		if (difference > 0) {
			if (this.entries.isEmpty()) {
				use(settlement.quota().policies(), now);
			}
			add(difference, now);
		}
		return Settlement.Result.SETTLED;
	}

	private Settlement.Result giveBack(long permits, long reserved, long at) {
		if (recordedAt(at) < reserved) {
			return Settlement.Result.GONE;
		}
		long left = permits;
		for (ListIterator<Entry> all = this.entries.listIterator(); left > 0;) {
			Entry entry = all.next();
			long taken = (entry.at() == at) ? Math.min(left, entry.cost()) : 0;
			left -= taken;
			if (taken == entry.cost()) {
				all.remove();
			}
			else {
				all.set(new Entry(entry.at(), entry.cost() - taken));
			}
		}
		return Settlement.Result.SETTLED;
	}

	private long recordedAt(long at) {
		return this.entries.stream().filter((entry) -> entry.at() == at).mapToLong(Entry::cost).sum();
	}

	@Override
	public boolean hasRoom(List<Policy> policies, long cost, long now) {
		return policies.stream().allMatch((policy) -> hasRoom(policy, cost, now));
	}

	private boolean hasRoom(Policy policy, long cost, long now) {
		return cost <= policy.rate().limit() - used(policy, now);
	}

	@Override
	public Outcome outcome(Policy policy, long cost, long now) {
		boolean room = hasRoom(policy, cost, now);
		return new Outcome(room, remaining(policy, now), room ? 0 : waitNanos(policy, cost, now),
				resetNanos(policy, now), null);
	}

	private long used(Policy policy, long now) {
		long used = 0;
		for (Entry entry : this.entries) {
			used += isLive(entry, policy, now) ? entry.cost() : 0;
		}
		return used;
	}

	private static boolean isLive(Entry entry, Policy policy, long now) {
		return now - entry.at() < policy.periodNanos();
	}

	private long remaining(Policy policy, long now) {
		return Math.max(0, policy.rate().limit() - used(policy, now));
	}

	private long resetNanos(Policy policy, long now) {
		if (policy.rate().limit() == 0) {
			return policy.periodNanos();
		}
		return (used(policy, now) > 0) ? nanosUntilFree(policy, remaining(policy, now) + 1, now) : 0;
	}

	private long waitNanos(Policy policy, long cost, long now) {
		return (cost <= policy.rate().limit()) ? nanosUntilFree(policy, cost, now) : Outcome.NEVER;
	}

	/**
	 * Return the time until at least some permits are free.
	 */
	private long nanosUntilFree(Policy policy, long permits, long now) {
		long used = used(policy, now);
		for (Entry entry : this.entries) {
			if (isLive(entry, policy, now)) {
				used -= entry.cost();
				if (policy.rate().limit() - used >= permits) {
					return entry.at() + policy.periodNanos() - now;
				}
			}
		}
		throw new IllegalStateException(permits + " permits are never free under " + policy);
	}

	private record Entry(long at, long cost) {
	}

}
