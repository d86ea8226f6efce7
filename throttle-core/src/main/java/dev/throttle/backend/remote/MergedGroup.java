package dev.throttle.backend.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;

/**
 * A group as a store decides it: quotas that share a history are one, with the sum of
 * their costs and all of their policies.
 *
 * @param quotas a quota for each history, its longest period first
 * @param asked the group that was asked for
 * @since 1.0.0
 */
public record MergedGroup(List<Quota> quotas, QuotaGroup asked) {

	private static final Comparator<Policy> LONGEST_FIRST = Comparator.comparingLong(Policy::periodNanos).reversed();

	/**
	 * Merge the quotas of a group.
	 * @param group the group
	 * @return the merged group
	 */
	public static MergedGroup of(QuotaGroup group) {
		List<Quota> merged = new ArrayList<>(group.quotas().size());
		for (Quota quota : group.quotas()) {
			int index = indexOf(quota, merged);
			if (index < 0) {
				merged.add(longestFirst(quota));
			}
			else {
				merged.set(index, sum(merged.get(index), quota));
			}
		}
		return new MergedGroup(merged, group);
	}

	private static int indexOf(Quota quota, List<Quota> merged) {
		for (int i = 0; i < merged.size(); i++) {
			if (merged.get(i).sharesHistoryWith(quota)) {
				return i;
			}
		}
		return -1;
	}

	private static Quota longestFirst(Quota quota) {
		List<Policy> policies = quota.policies();
		for (int i = 1; i < policies.size(); i++) {
			if (LONGEST_FIRST.compare(policies.get(i - 1), policies.get(i)) > 0) {
				return new Quota(quota.client(), policies.stream().sorted(LONGEST_FIRST).toList(), quota.cost());
			}
		}
		return quota;
	}

	private static Quota sum(Quota one, Quota other) {
		List<Policy> policies = Stream.concat(one.policies().stream(), other.policies().stream())
			.distinct()
			.sorted(LONGEST_FIRST)
			.toList();
		long tooMuch = Rate.MAX_LIMIT + 1;
		return new Quota(one.client(), policies, Math.min(one.cost(), tooMuch) + Math.min(other.cost(), tooMuch));
	}

	/**
	 * Return whether the group is a shadow.
	 * @return whether it is a shadow
	 */
	public boolean isShadow() {
		return this.asked.isShadow();
	}

	/**
	 * Return outcomes as they were asked for.
	 * @param outcomes the outcome of each policy of each merged quota
	 * @return the outcome of each policy of each quota that was asked for
	 */
	public List<Outcome> asAsked(List<Outcome> outcomes) {
		if (this.quotas.equals(this.asked.quotas())) {
			return outcomes;
		}
		List<Outcome> asked = new ArrayList<>();
		for (Quota quota : this.asked.quotas()) {
			int index = indexOf(quota, this.quotas);
			int first = 0;
			for (Quota before : this.quotas.subList(0, index)) {
				first += before.policies().size();
			}
			for (Policy policy : quota.policies()) {
				asked.add(outcomes.get(first + this.quotas.get(index).policies().indexOf(policy)));
			}
		}
		return asked;
	}

}
