package dev.throttle.test;

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
 * What every backend must answer, worked out with a {@link PlainLog} for each history.
 */
public final class PlainBackend implements CacheBackend {

	private final Map<List<?>, PlainLog> logs = new HashMap<>();

	private final long clockStart;

	private long now;

	/**
	 * Create a backend.
	 * @param clockStart what another clock shows at first, by which it tells when a quota
	 * was recorded
	 */
	public PlainBackend(long clockStart) {
		this.clockStart = clockStart;
	}

	/**
	 * Move the clock on. It shows the time since it was started, and does not overflow.
	 */
	public void advance(long nanos) {
		this.now += nanos;
	}

	public long now() {
		return this.now;
	}

	private PlainLog log(Quota quota) {
		return this.logs.computeIfAbsent(List.of(quota.client(), quota.historyKey()), (key) -> new PlainLog());
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
			room &= used(quota).hasRoom(quota.policies(), cost(quota, group), this.now);
		}
		boolean recorded = room && record;
		if (recorded) {
			group.quotas().forEach((quota) -> log(quota).add(quota.cost(), this.now));
		}
		for (Quota quota : group.quotas()) {
			PlainLog log = used(quota);
			for (Policy policy : quota.policies()) {
				outcomes.add(recorded ? recorded(log.outcome(policy, 0, this.now))
						: log.outcome(policy, cost(quota, group), this.now));
			}
		}
		return room;
	}

	private Outcome recorded(Outcome outcome) {
		return new Outcome(true, outcome.remaining(), 0, outcome.resetNanos(), null, outcome.decidedBy(),
				this.clockStart + this.now);
	}

	private PlainLog used(Quota quota) {
		PlainLog log = log(quota);
		log.use(quota.policies(), this.now);
		return log;
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
			.map((each) -> log(each.quota()).settle(each, each.outcome().recordedAt() - this.clockStart, this.now))
			.toList();
	}

	@Override
	public void reset(Client client, Scope scope) {
		for (String shadow : List.of("", "~")) {
			this.logs.remove(List.of(client, shadow + scope.key()));
		}
	}

}
