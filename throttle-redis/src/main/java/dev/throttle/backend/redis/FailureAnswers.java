package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;

/**
 * Answers for Redis while it cannot.
 */
final class FailureAnswers {

	private final CacheBackend local;

	private final Function<Policy, OnFailure> onFailure;

	FailureAnswers(CacheBackend local, Function<Policy, OnFailure> onFailure) {
		this.local = local;
		this.onFailure = onFailure;
	}

	List<Outcome> decide(List<QuotaGroup> groups) {
		List<QuotaGroup> counted = new ArrayList<>();
		for (QuotaGroup group : groups) {
			List<Quota> quotas = counted(group);
			if (!quotas.isEmpty()) {
				counted.add(new QuotaGroup(quotas, group.shadow()));
			}
		}
		return answer(groups, () -> counted.isEmpty() ? List.of() : this.local.decide(counted));
	}

	List<Outcome> peek(QuotaGroup group) {
		List<Quota> counted = counted(group);
		return answer(List.of(group), () -> counted.isEmpty() ? List.of() : this.local.peek(new QuotaGroup(counted)));
	}

	private List<Quota> counted(QuotaGroup group) {
		return group.quotas().stream().filter((quota) -> onFailure(quota) == OnFailure.LOCAL).toList();
	}

	private List<Outcome> answer(List<QuotaGroup> groups, Supplier<List<Outcome>> local) {
		List<Quota> quotas = groups.stream().flatMap((group) -> group.quotas().stream()).toList();
		if (quotas.stream().anyMatch((quota) -> onFailure(quota) == OnFailure.DENY && !quota.policy().isShadow())) {
			throw new BackendUnavailableException(Breaker.PROBE_INTERVAL);
		}
		List<Outcome> counted = local.get();
		List<Outcome> outcomes = new ArrayList<>(quotas.size());
		int next = 0;
		for (Quota quota : quotas) {
			outcomes.add((onFailure(quota) == OnFailure.LOCAL) ? counted.get(next++).withDecidedBy(DecidedBy.LOCAL)
					: allowed(quota));
		}
		return outcomes;
	}

	private OnFailure onFailure(Quota quota) {
		return this.onFailure.apply(quota.policy());
	}

	private static Outcome allowed(Quota quota) {
		return new Outcome(true, quota.policy().rate().limit(), 0, 0, null, DecidedBy.NOBODY);
	}

}
