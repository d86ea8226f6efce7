package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

import dev.throttle.Client;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.jspecify.annotations.Nullable;

/**
 * Remembers denied requests that recorded nothing, except for shadow quotas. The same
 * request is denied again without asking the store, until its shortest wait is over or
 * one of its histories gets another answer.
 */
final class KnownDenials {

	private static final int MAX_HISTORIES = 30_000;

	private static final int PROBES = 16;

	private static final int GENERATIONS = 16_384;

	private final Map<History, Known> byHistory = new ConcurrentHashMap<>();

	private final long maxAgeNanos;

	/** Of histories, by their hash. A few share one. */
	private final AtomicIntegerArray generations = new AtomicIntegerArray(GENERATIONS);

	KnownDenials(Duration maxAge) {
		this.maxAgeNanos = maxAge.toNanos();
	}

	/**
	 * Return the outcomes of a request that is known to be denied.
	 * @return the outcomes, or null if the store must be asked
	 */
	@Nullable List<Outcome> find(List<QuotaGroup> groups, long now) {
		Known known = this.byHistory.get(History.of(groups.get(0).quotas().get(0)));
		return (known != null && known.generation == generation(groups) && known.covers(groups, now))
				? known.outcomes(now) : null;
	}

	/**
	 * Return the current generation of a request's histories, to be read before the store
	 * is asked.
	 */
	long generation(List<QuotaGroup> groups) {
		long sum = 0;
		for (QuotaGroup group : groups) {
			for (Quota quota : group.quotas()) {
				sum += this.generations.get(index(quota));
			}
		}
		return sum;
	}

	private static int index(Quota quota) {
		return Math.floorMod(History.of(quota).hashCode(), GENERATIONS);
	}

	/**
	 * Forget the known denials of a quota's history, and ignore the answers of calls in
	 * flight.
	 */
	void forget(Quota quota) {
		this.generations.incrementAndGet(index(quota));
	}

	/**
	 * Forget all known denials, and ignore the answers of calls in flight.
	 */
	void forgetAll() {
		for (int i = 0; i < GENERATIONS; i++) {
			this.generations.incrementAndGet(i);
		}
		this.byHistory.clear();
	}

	/**
	 * Record a decision.
	 * @param generation the generation before the store was asked
	 * @param now the time of the answer; its waits may have begun earlier, but not later
	 */
	void record(List<QuotaGroup> groups, List<Outcome> outcomes, long generation, long now) {
		if (this.maxAgeNanos == 0) {
			return;
		}
		if (!deniesAll(groups, outcomes)) {
			forget(groups);
			return;
		}
		long age = this.maxAgeNanos;
		for (Outcome outcome : outcomes) {
			age = outcome.isAllowed() ? age : Math.min(age, outcome.waitNanos());
		}
		Known known = new Known(groups, outcomes, generation, now, age);
		if (this.byHistory.size() < MAX_HISTORIES || makeRoom(now)) {
			histories(groups).forEach((history) -> this.byHistory.put(history, known));
		}
	}

	private void forget(List<QuotaGroup> groups) {
		for (QuotaGroup group : groups) {
			for (Quota quota : group.quotas()) {
				Known known = this.byHistory.remove(History.of(quota));
				if (known != null) {
					known.stale = true;
				}
			}
		}
	}

	private boolean makeRoom(long now) {
		Iterator<Known> iterator = this.byHistory.values().iterator();
		for (int probe = 0; probe < PROBES && iterator.hasNext(); probe++) {
			if (iterator.next().isOver(now)) {
				iterator.remove();
			}
		}
		return this.byHistory.size() < MAX_HISTORIES;
	}

	private static boolean deniesAll(List<QuotaGroup> groups, List<Outcome> outcomes) {
		int index = 0;
		boolean enforced = false;
		for (QuotaGroup group : groups) {
			boolean denied = false;
			for (Quota quota : group.quotas()) {
				for (int i = 0; i < quota.policies().size(); i++) {
					denied |= !outcomes.get(index++).isAllowed();
				}
			}
			enforced |= !group.isShadow();
			if (!denied && !group.isShadow()) {
				return false;
			}
		}
		return enforced;
	}

	private static Set<History> histories(List<QuotaGroup> groups) {
		Set<History> histories = new HashSet<>();
		groups.forEach((group) -> group.quotas().forEach((quota) -> histories.add(History.of(quota))));
		return histories;
	}

	private record History(Client client, String key) {

		static History of(Quota quota) {
			return new History(quota.client(), quota.historyKey());
		}

	}

	private static final class Known {

		private final List<QuotaGroup> groups;

		private final List<Outcome> outcomes;

		private final long generation;

		private final long since;

		private final long ageNanos;

		private volatile boolean stale;

		Known(List<QuotaGroup> groups, List<Outcome> outcomes, long generation, long since, long ageNanos) {
			this.groups = groups;
			this.outcomes = outcomes;
			this.generation = generation;
			this.since = since;
			this.ageNanos = ageNanos;
		}

		boolean covers(List<QuotaGroup> asked, long now) {
			return !this.stale && !isOver(now) && this.groups.equals(asked);
		}

		boolean isOver(long now) {
			return now - this.since >= this.ageNanos;
		}

		/**
		 * Return the outcomes at some time. If that was read before the denial was
		 * recorded, they are those of the record.
		 */
		List<Outcome> outcomes(long now) {
			long passed = Math.max(0, now - this.since);
			return this.outcomes.stream().map((outcome) -> later(outcome, passed)).toList();
		}

		private static Outcome later(Outcome outcome, long passed) {
			long wait = outcome.waitNanos();
			long left = (wait == Outcome.NEVER) ? wait : Math.max(0, wait - passed);
			return new Outcome(outcome.isAllowed(), outcome.remaining(), left,
					Math.max(0, outcome.resetNanos() - passed),
					(outcome.decidedAt() != null) ? outcome.decidedAt().plusNanos(passed) : null);
		}

	}

}
