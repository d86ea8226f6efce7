package dev.throttle.web;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;

/**
 * Allows and records everything, and keeps what it is asked to settle.
 */
public final class RecordingBackend implements CacheBackend {

	private final List<List<Settlement>> calls = new ArrayList<>();

	private long now;

	/**
	 * Return how often it was asked to settle.
	 */
	public int calls() {
		return this.calls.size();
	}

	/**
	 * Return the names of the policies that were settled in a call, in order.
	 */
	List<String> settled(int call) {
		return this.calls.get(call)
			.stream()
			.flatMap((settlement) -> settlement.quota().policies().stream())
			.map((policy) -> policy.name())
			.toList();
	}

	@Override
	public List<Outcome> decide(List<QuotaGroup> groups) {
		this.now++;
		return groups.stream()
			.flatMap((group) -> group.quotas().stream())
			.flatMap((quota) -> quota.policies().stream())
			.map((policy) -> new Outcome(true, 1, 0, 0, null, Outcome.DecidedBy.BACKEND, this.now))
			.toList();
	}

	@Override
	public List<Outcome> peek(QuotaGroup group) {
		throw new UnsupportedOperationException();
	}

	@Override
	public List<Settlement.Result> settle(List<Settlement> settlements) {
		this.calls.add(settlements);
		return Collections.nCopies(settlements.size(), Settlement.Result.SETTLED);
	}

	@Override
	public CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
		return CompletableFuture.completedFuture(settle(settlements));
	}

	@Override
	public void reset(Client client, Scope scope) {
	}

}
