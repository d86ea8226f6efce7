package dev.throttle.backend.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.jspecify.annotations.Nullable;

/**
 * Decides all quotas of a request while it holds the locks of all their clients. Locks
 * are always taken in the same order, so that there is no deadlock.
 */
final class LockedDecision {

	private static final Comparator<ClientHistories> ORDER = Comparator.comparing(ClientHistories::isShared)
		.thenComparing(ClientHistories::client);

	private final List<QuotaGroup> groups;

	/** The histories by quota, in the order of the groups; null if a client has none. */
	private final @Nullable ClientHistories[] clients;

	private final boolean record;

	private final NanoClock clock;

	private final EntryBudget budget;

	private long nanos;

	/** The time of day, read at most once. */
	private @Nullable Instant instant;

	/**
	 * Create a decision.
	 * @param groups the groups
	 * @param clients the histories in which each quota is counted
	 * @param record whether to record allowed groups, or only to peek
	 */
	LockedDecision(List<QuotaGroup> groups, @Nullable ClientHistories[] clients, boolean record, NanoClock clock,
			EntryBudget budget) {
		this.groups = groups;
		this.clients = clients;
		this.record = record;
		this.clock = clock;
		this.budget = budget;
	}

	/**
	 * Decide the groups in their order.
	 * @return the outcomes, or null if a client has been evicted meanwhile
	 */
	@Nullable List<Outcome> decide() {
		ClientHistories only = this.clients[0];
		for (ClientHistories each : this.clients) {
			if (each != only) {
				return decideLocked(ordered(), 0);
			}
		}
		return decideLocked((only != null) ? List.of(only) : List.of(), 0);
	}

	private List<ClientHistories> ordered() {
		return Arrays.stream(this.clients).filter(Objects::nonNull).distinct().sorted(ORDER).toList();
	}

	private @Nullable List<Outcome> decideLocked(List<ClientHistories> unlocked, int next) {
		if (next == unlocked.size()) {
			return decideAll();
		}
		ClientHistories histories = unlocked.get(next);
		histories.lock();
		try {
			return histories.isEvicted() ? null : decideLocked(unlocked, next + 1);
		}
		finally {
			histories.unlock();
		}
	}

	private List<Outcome> decideAll() {
		this.nanos = this.clock.nanos();
		List<Outcome> outcomes = new ArrayList<>(this.clients.length);
		boolean denied = false;
		int first = 0;
		for (QuotaGroup group : this.groups) {
			boolean room = decide(group, first, this.record && !(group.isShadow() && denied), outcomes);
			denied |= !room && !group.isShadow();
			first += group.quotas().size();
		}
		return outcomes;
	}

	/**
	 * Decide a group. Quotas that share a history may have different rates, so each is
	 * decided by its own rates.
	 * @param first the index of the group's first quota
	 * @return whether all of its quotas have room
	 */
	private boolean decide(QuotaGroup group, int first, boolean record, List<Outcome> outcomes) {
		List<Quota> quotas = group.quotas();
		History[] histories = new History[quotas.size()];
		for (int i = 0; i < histories.length; i++) {
			histories[i] = history(quotas, histories, i, this.clients[first + i], record);
		}
		long[] costs = new long[histories.length];
		boolean room = true;
		for (int i = 0; i < histories.length; i++) {
			costs[i] = cost(quotas, histories, histories[i]);
			room &= ready(histories[i], quotas.get(i)).hasRoomFor(costs[i]);
		}
		boolean recorded = room && record;
		if (recorded) {
			for (int i = 0; i < histories.length; i++) {
				histories[i].record(quotas.get(i).cost(), now(histories[i]), this.budget);
			}
		}
		for (int i = 0; i < histories.length; i++) {
			Quota quota = quotas.get(i);
			History history = ready(histories[i], quota);
			long now = now(history);
			outcomes.addAll(recorded ? history.recorded(now) : history.notRecorded(quota, costs[i], now));
		}
		return room;
	}

	private static History history(List<Quota> quotas, History[] histories, int index,
			@Nullable ClientHistories ofClient, boolean record) {
		Quota quota = quotas.get(index);
		if (record && ofClient != null) {
			return ofClient.obtain(quota);
		}
		History present = (ofClient != null) ? ofClient.find(quota.historyKey()) : null;
		for (int i = 0; i < index && present == null; i++) {
			present = quotas.get(i).sharesHistoryWith(quota) ? histories[i] : null;
		}
		return (present != null) ? present : History.of(quota.policies(), null);
	}

	/**
	 * Return a history after dropping expired entries and applying a quota's rates to it.
	 */
	private History ready(History history, Quota quota) {
		history.expire(quota.policies(), now(history), this.budget);
		return history;
	}

	private long now(History history) {
		if (!history.isCalendar()) {
			return this.nanos;
		}
		if (this.instant == null) {
			this.instant = this.clock.instant();
		}
		return CalendarHistory.nanos(this.instant);
	}

	/**
	 * Return the sum of the costs of all quotas that share a history.
	 */
	private static long cost(List<Quota> quotas, History[] histories, History history) {
		long total = 0;
		for (int i = 0; i < histories.length; i++) {
			if (histories[i] == history) {
				total += quotas.get(i).cost();
				if (total < 0) {
					return Long.MAX_VALUE;
				}
			}
		}
		return total;
	}

}
