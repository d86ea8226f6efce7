package dev.throttle.backend.memory;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The histories of one client, and their lock: to read or change them, a thread holds
 * this object's monitor. This object is the first history itself, which saves an object
 * per client.
 */
final class ClientHistories extends History {

	private static final Policy UNUSED = Policy.of("unused", new Rate(0, Duration.ofNanos(1)));

	private static final Policy EVICTED = Policy.of("evicted", new Rate(0, Duration.ofNanos(1)));

	private final Client client;

	/** The index in the store, guarded by the store; negative if it has none. */
	private int slot;

	ClientHistories(Client client, int slot) {
		super(UNUSED, null);
		this.client = client;
		this.slot = slot;
	}

	Client client() {
		return this.client;
	}

	int slot() {
		return this.slot;
	}

	void slot(int slot) {
		this.slot = slot;
	}

	/**
	 * Return whether these are the histories that all clients without room share.
	 */
	boolean isShared() {
		return this.slot < 0;
	}

	@SuppressWarnings("ReferenceEquality")
	boolean isEvicted() {
		return policy() == EVICTED;
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isUnused() {
		return policy() == UNUSED;
	}

	void evict(EntryBudget budget) {
		for (History history = this; history != null; history = history.next()) {
			history.forget(budget);
		}
		next(null);
		use(EVICTED);
	}

	/**
	 * Return the history of a policy. Only this method may be called without the lock, to
	 * read the history's denial.
	 */
	@Nullable History find(Policy policy) {
		for (History history = this; history != null; history = history.next()) {
			if (history.policy().key().equals(policy.key())) {
				return history;
			}
		}
		return null;
	}

	History obtain(Policy policy) {
		History history = find(policy);
		if (history != null) {
			return history;
		}
		if (isUnused()) {
			use(policy);
			return this;
		}
		History added = new History(policy, next());
		next(added);
		return added;
	}

	/**
	 * Drop expired entries.
	 * @return the time in nanoseconds until the next history expires, not positive if
	 * none is left
	 */
	long expireAll(long now, EntryBudget budget) {
		expire(now, budget);
		if (size() == 0) {
			forget(budget);
			use(UNUSED);
		}
		long untilExpired = nanosUntilExpired(now);
		History previous = this;
		for (History history = next(); history != null; history = history.next()) {
			history.expire(now, budget);
			if (history.size() > 0) {
				long nanos = history.nanosUntilExpired(now);
				untilExpired = (untilExpired > 0) ? Math.min(untilExpired, nanos) : nanos;
				previous = history;
			}
			else {
				history.forget(budget);
				previous.next(history.next());
			}
		}
		return untilExpired;
	}

	/**
	 * Return how much of a limit is used: the largest share of all histories, 1 and above
	 * if a request is being denied.
	 */
	double largestShare(long now) {
		double share = 0;
		for (History history = this; history != null; history = history.next()) {
			share = Math.max(share, history.share(now));
		}
		return share;
	}

}
