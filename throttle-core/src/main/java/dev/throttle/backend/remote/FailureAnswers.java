package dev.throttle.backend.remote;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;

/**
 * Answers requests, as configured, while a store is unavailable.
 */
final class FailureAnswers {

	private final CacheBackend local;

	private final Function<Scope, OnFailure> onFailure;

	FailureAnswers(CacheBackend local, Function<Scope, OnFailure> onFailure) {
		this.local = local;
		this.onFailure = onFailure;
	}

	List<Outcome> decide(List<QuotaGroup> groups) {
		List<Quota> quotas = answerable(groups);
		List<QuotaGroup> counted = counted(groups);
		return outcomes(quotas, counted.isEmpty() ? List.of() : this.local.decide(counted));
	}

	List<Outcome> peek(QuotaGroup group) {
		List<QuotaGroup> groups = List.of(group);
		List<Quota> quotas = answerable(groups);
		List<QuotaGroup> counted = counted(groups);
		return outcomes(quotas, counted.isEmpty() ? List.of() : this.local.peek(counted.get(0)));
	}

	CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
		return stage(() -> {
			List<Quota> quotas = answerable(groups);
			List<QuotaGroup> counted = counted(groups);
			return (counted.isEmpty() ? none() : this.local.decideAsync(counted, workers))
				.thenApply((outcomes) -> outcomes(quotas, outcomes));
		});
	}

	CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
		List<QuotaGroup> groups = List.of(group);
		return stage(() -> {
			List<Quota> quotas = answerable(groups);
			List<QuotaGroup> counted = counted(groups);
			return (counted.isEmpty() ? none() : this.local.peekAsync(counted.get(0), workers))
				.thenApply((outcomes) -> outcomes(quotas, outcomes));
		});
	}

	private static CompletionStage<List<Outcome>> stage(Supplier<CompletionStage<List<Outcome>>> answer) {
		try {
			return answer.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static CompletionStage<List<Outcome>> none() {
		return CompletableFuture.completedFuture(List.of());
	}

	/**
	 * Return the quotas of all groups.
	 * @throws BackendUnavailableException if one of them is denied
	 */
	private List<Quota> answerable(List<QuotaGroup> groups) {
		List<Quota> quotas = groups.stream().flatMap((group) -> group.quotas().stream()).toList();
		if (quotas.stream().anyMatch((quota) -> onFailure(quota) == OnFailure.DENY && !quota.isShadow())) {
			throw new BackendUnavailableException(Breaker.PROBE_INTERVAL);
		}
		return quotas;
	}

	/**
	 * Return the groups that are counted in this process.
	 */
	private List<QuotaGroup> counted(List<QuotaGroup> groups) {
		List<QuotaGroup> counted = new ArrayList<>();
		for (QuotaGroup group : groups) {
			List<Quota> quotas = group.quotas()
				.stream()
				.filter((quota) -> onFailure(quota) == OnFailure.LOCAL)
				.toList();
			if (!quotas.isEmpty()) {
				counted.add(new QuotaGroup(quotas, group.isShadow()));
			}
		}
		return counted;
	}

	private List<Outcome> outcomes(List<Quota> quotas, List<Outcome> counted) {
		List<Outcome> outcomes = new ArrayList<>(quotas.size());
		int next = 0;
		for (Quota quota : quotas) {
			boolean local = onFailure(quota) == OnFailure.LOCAL;
			for (Policy policy : quota.policies()) {
				outcomes.add(local ? counted.get(next++).withDecidedBy(DecidedBy.LOCAL) : allowed(policy));
			}
		}
		return outcomes;
	}

	private OnFailure onFailure(Quota quota) {
		return this.onFailure.apply(quota.policies().get(0).scope());
	}

	private static Outcome allowed(Policy policy) {
		return new Outcome(true, policy.rate().limit(), 0, 0, null, DecidedBy.NOBODY);
	}

}
