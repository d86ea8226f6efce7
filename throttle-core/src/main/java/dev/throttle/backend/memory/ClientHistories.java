package dev.throttle.backend.memory;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Rate;
import org.jspecify.annotations.Nullable;

/**
 * The histories of one client, and their guard: whoever reads or changes them holds this
 * object's monitor.
 */
final class ClientHistories {

	private static final History EVICTED = new History(Policy.of("evicted", new Rate(0, Duration.ofNanos(1))), null);

	private final Client client;

	/** The place in the store, guarded by the store; negative where it has none. */
	private int slot;

	private volatile @Nullable History first;

	ClientHistories(Client client, int slot) {
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
	 * Return whether these are the ones that clients share for which there is no room.
	 */
	boolean isShared() {
		return this.slot < 0;
	}

	boolean isEvicted() {
		return this.first == EVICTED;
	}

	void evict(EntryBudget budget) {
		for (History history = this.first; history != null; history = history.next()) {
			history.forget(budget);
		}
		this.first = EVICTED;
	}

	/**
	 * Return the history of a policy. The one method that may be called without the
	 * guard, to read the history's denial.
	 */
	@Nullable History find(Policy policy) {
		for (History history = this.first; history != null; history = history.next()) {
			if (history.key().equals(policy.key())) {
				return history;
			}
		}
		return null;
	}

	History obtain(Policy policy) {
		History history = find(policy);
		if (history == null) {
			history = new History(policy, this.first);
			this.first = history;
		}
		return history;
	}

	/**
	 * Drop what is void.
	 * @return the time in nanoseconds until the next history is void, not positive where
	 * none is left
	 */
	long expire(long now, EntryBudget budget) {
		long untilVoid = 0;
		History previous = null;
		for (History history = this.first; history != null; history = history.next()) {
			history.expire(now, budget);
			if (history.size() > 0) {
				long nanos = history.nanosUntilVoid(now);
				untilVoid = (previous != null) ? Math.min(untilVoid, nanos) : nanos;
				previous = history;
			}
			else if (previous != null) {
				previous.next(history.next());
			}
			else {
				this.first = history.next();
			}
		}
		return untilVoid;
	}

	/**
	 * Return how much of a limit is used: the largest share over the histories, 1 and
	 * above where a request is denied.
	 */
	double share(long now) {
		double share = 0;
		for (History history = this.first; history != null; history = history.next()) {
			share = Math.max(share, history.share(now));
		}
		return share;
	}

}
