package dev.throttle.test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;

/**
 * What every backend must answer, worked out with a {@link PlainLog} for each history
 * with sliding windows, and a {@link PlainCounter} for each with those of the calendar.
 */
public final class PlainBackend implements CacheBackend {

	private final Map<List<?>, PlainHistory> histories = new HashMap<>();

	private final long clockStart;

	private long now;

	/** The time of day in nanoseconds since the epoch. */
	private long timeOfDay;

	/**
	 * Create a backend.
	 * @param clockStart what another clock shows at first, by which it tells when a quota
	 * was recorded
	 * @param timeOfDay the time of day at first
	 */
	public PlainBackend(long clockStart, Instant timeOfDay) {
		this.clockStart = clockStart;
		set(timeOfDay);
	}

	/**
	 * Move the clock on, and the time of day with it. It shows the time since it was
	 * started, and does not overflow.
	 */
	public void advance(long nanos) {
		this.now += nanos;
		this.timeOfDay += nanos;
	}

	/**
	 * Set the time of day. No time elapses.
	 */
	public void set(Instant timeOfDay) {
		this.timeOfDay = PlainCounter.nanos(timeOfDay);
	}

	public long now() {
		return this.now;
	}

	/**
	 * Return the time by which a quota is counted.
	 */
	public long now(Quota quota) {
		return isCalendar(quota) ? this.timeOfDay : this.now;
	}

	private static boolean isCalendar(Quota quota) {
		return quota.policies().get(0).isCalendar();
	}

	private PlainHistory history(Quota quota) {
		return this.histories.computeIfAbsent(List.of(quota.client(), quota.historyKey()),
				(key) -> isCalendar(quota) ? new PlainCounter() : new PlainLog());
	}

	@Override
	public List<Outcome> decide(List<QuotaGroup> groups) {
		List<Outcome> outcomes = new ArrayList<>();
		boolean denied = false;
		for (QuotaGroup group : groups) {
			boolean room = decide(group, !(group.isShadow() && denied), outcomes);
			denied |= !room && !group.isShadow();
		}
		return outcomes;
	}

	@Override
	public List<Outcome> peek(QuotaGroup group) {
		List<Outcome> outcomes = new ArrayList<>();
		decide(group, false, outcomes);
		return outcomes;
	}

	private boolean decide(QuotaGroup group, boolean record, List<Outcome> outcomes) {
		boolean room = true;
		for (Quota quota : group.quotas()) {
			room &= used(quota).hasRoom(quota.policies(), cost(quota, group), now(quota));
		}
		boolean recorded = room && record;
		if (recorded) {
			group.quotas().forEach((quota) -> history(quota).add(quota.cost(), now(quota)));
		}
		for (Quota quota : group.quotas()) {
			PlainHistory history = used(quota);
			for (Policy policy : quota.policies()) {
				outcomes.add(recorded ? recorded(quota, history.outcome(policy, 0, now(quota)))
						: history.outcome(policy, cost(quota, group), now(quota)));
			}
		}
		return room;
	}

	private Outcome recorded(Quota quota, Outcome outcome) {
		long at = isCalendar(quota) ? PlainCounter.micros(this.timeOfDay) : this.clockStart + this.now;
		return new Outcome(true, outcome.remaining(), 0, outcome.resetNanos(), outcome.decidedAt(), outcome.decidedBy(),
				at);
	}

	private PlainHistory used(Quota quota) {
		PlainHistory history = history(quota);
		history.use(quota.policies(), now(quota));
		return history;
	}

	/**
	 * Return the sum of the costs in the history of a quota, the largest long if it
	 * overflows.
	 */
	private static long cost(Quota quota, QuotaGroup group) {
		long cost = 0;
		for (Quota other : group.quotas()) {
			if (other.sharesHistoryWith(quota)) {
				cost = (cost <= Long.MAX_VALUE - other.cost()) ? cost + other.cost() : Long.MAX_VALUE;
			}
		}
		return cost;
	}

	@Override
	public List<Settlement.Result> settle(List<Settlement> settlements) {
		return settlements.stream()
			.map((each) -> history(each.quota()).settle(each, recordedAt(each), now(each.quota())))
			.toList();
	}

	private long recordedAt(Settlement settlement) {
		long at = settlement.outcome().recordedAt();
		return isCalendar(settlement.quota()) ? 1000 * at : at - this.clockStart;
	}

	@Override
	public void reset(Client client, Scope scope) {
		Policy.historyKeys(scope).forEach((key) -> this.histories.remove(List.of(client, key)));
	}

}
