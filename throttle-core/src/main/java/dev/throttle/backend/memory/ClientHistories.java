package dev.throttle.backend.memory;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import org.jspecify.annotations.Nullable;

/**
 * The histories of one client, and their guard: whoever reads or changes them holds this
 * object's monitor. It is the first of them itself, which saves an object per client.
 */
final class ClientHistories extends History {

	private static final Policy UNUSED = Policy.of("unused", new Rate(0, Duration.ofNanos(1)));

	private static final Policy EVICTED = Policy.of("evicted", new Rate(0, Duration.ofNanos(1)));

	private final Client client;

	/** The place in the store, guarded by the store; negative where it has none. */
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
	 * Return whether these are the ones that clients share for which there is no room.
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
	 * Return the history of a policy. The one method that may be called without the
	 * guard, to read the history's denial.
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
	 * Drop what is void.
	 * @return the time in nanoseconds until the next history is void, not positive where
	 * none is left
	 */
	long expireAll(long now, EntryBudget budget) {
		expire(now, budget);
		if (size() == 0) {
			forget(budget);
			use(UNUSED);
		}
		long untilVoid = nanosUntilVoid(now);
		History previous = this;
		for (History history = next(); history != null; history = history.next()) {
			history.expire(now, budget);
			if (history.size() > 0) {
				long nanos = history.nanosUntilVoid(now);
				untilVoid = (untilVoid > 0) ? Math.min(untilVoid, nanos) : nanos;
				previous = history;
			}
			else {
				history.forget(budget);
				previous.next(history.next());
			}
		}
		return untilVoid;
	}

	/**
	 * Return how much of a limit is used: the largest share over the histories, 1 and
	 * above where a request is denied.
	 */
	double largestShare(long now) {
		double share = 0;
		for (History history = this; history != null; history = history.next()) {
			share = Math.max(share, history.share(now));
		}
		return share;
	}

}
