package dev.throttle.backend.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.jspecify.annotations.Nullable;

/**
 * The histories of one client, and their lock. This object is the first history with
 * sliding windows itself, which saves an object per client.
 * <p>
 * A thread that waits for the lock spins for longer than a decision takes, because a
 * monitor that is contended wakes a thread for nearly each decision. Then it waits in
 * this object's monitor, which is used for nothing else.
 */
final class ClientHistories extends SlidingHistory {

	private static final List<Policy> UNUSED = List.of(Policy.of("unused", new Rate(0, Duration.ofNanos(1))));

	private static final List<Policy> EVICTED = List.of(Policy.of("evicted", new Rate(0, Duration.ofNanos(1))));

	private static final VarHandle LOCK = lockHandle();

	private static final int UNLOCKED = 0;

	private static final int LOCKED = 1;

	/** Locked, and perhaps a thread waits in the monitor. */
	private static final int AWAITED = 2;

	/** Without a second processor, nobody releases the lock while a thread spins. */
	private static final int SPINS = (Runtime.getRuntime().availableProcessors() > 1) ? 4 : 0;

	private static final int FIRST_PAUSE = 64;

	private final Client client;

	private volatile int lock;

	/** The index in the store, guarded by the store; negative if it has none. */
	private int slot;

	ClientHistories(Client client, int slot) {
		super(UNUSED, null);
		this.client = client;
		this.slot = slot;
	}

	private static VarHandle lockHandle() {
		try {
			return MethodHandles.lookup().findVarHandle(ClientHistories.class, "lock", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/**
	 * Wait for the lock, which must be held to read or change the histories. It is not
	 * reentrant.
	 */
	void lock() {
		if (!LOCK.compareAndSet(this, UNLOCKED, LOCKED) && !spin()) {
			await();
		}
	}

	private boolean spin() {
		for (int pause = FIRST_PAUSE; pause < FIRST_PAUSE << SPINS; pause *= 2) {
			for (int i = 0; i < pause; i++) {
				Thread.onSpinWait();
			}
			if (this.lock == UNLOCKED && LOCK.compareAndSet(this, UNLOCKED, LOCKED)) {
				return true;
			}
		}
		return false;
	}

	private synchronized void await() {
		boolean interrupted = false;
		while ((int) LOCK.getAndSet(this, AWAITED) != UNLOCKED) {
			try {
				wait();
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	void unlock() {
		if ((int) LOCK.getAndSet(this, UNLOCKED) == AWAITED) {
			wakeOne();
		}
	}

	private synchronized void wakeOne() {
		notify();
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
		return policies() == EVICTED;
	}

	@SuppressWarnings("ReferenceEquality")
	private boolean isUnused() {
		return policies() == UNUSED;
	}

	void evict(EntryBudget budget) {
		forgetAll(budget);
		next(null);
		use(EVICTED);
	}

	/**
	 * Forget what was used under all scopes.
	 */
	void forgetAll(EntryBudget budget) {
		for (History history = this; history != null; history = history.next()) {
			history.forget(budget);
		}
	}

	/**
	 * Return the history with a key. Only this method may be called without the lock, to
	 * read the history's denial.
	 */
	@Nullable History find(String key) {
		for (History history = this; history != null; history = history.next()) {
			if (history.policy().historyKey().equals(key)) {
				return history;
			}
		}
		return null;
	}

	History obtain(Quota quota) {
		History history = find(quota.historyKey());
		if (history != null) {
			return history;
		}
		if (isUnused() && !quota.policies().get(0).isCalendar()) {
			use(quota.policies());
			return this;
		}
		History added = History.of(quota.policies(), next());
		next(added);
		return added;
	}

	/**
	 * Drop expired entries.
	 * @param now the elapsed time
	 * @return the time in nanoseconds until the next history expires, not positive if
	 * none is left
	 */
	long expireAll(long now, NanoClock clock, EntryBudget budget) {
		expire(now, budget);
		if (isVoid()) {
			forget(budget);
			use(UNUSED);
		}
		long untilExpired = nanosUntilExpired(now);
		History previous = this;
		for (History history = next(); history != null; history = history.next()) {
			long time = time(history, now, clock);
			history.expire(time, budget);
			if (!history.isVoid()) {
				long nanos = history.nanosUntilExpired(time);
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
	 * @param now the elapsed time
	 */
	double largestShare(long now, NanoClock clock) {
		double share = 0;
		for (History history = this; history != null; history = history.next()) {
			share = Math.max(share, history.share(time(history, now, clock)));
		}
		return share;
	}

	private static long time(History history, long now, NanoClock clock) {
		return history.isCalendar() ? history.now(clock) : now;
	}

}
