package dev.throttle.engine;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Settlement;

/**
 * The calls that settle quotas, one to each backend.
 */
final class SettlementCalls {

	private final DecisionListeners listeners;

	SettlementCalls(DecisionListeners listeners) {
		this.listeners = listeners;
	}

	/**
	 * Settle quotas, and tell the listeners.
	 * @return completes when the backends have answered, and never fails
	 */
	CompletableFuture<Void> settle(List<PendingSettlement> settlements, Executor workers) {
		CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
		List<CacheBackend> backends = settlements.stream().map(PendingSettlement::backend).distinct().toList();
		for (CacheBackend backend : backends) {
			List<PendingSettlement> own = settlements.stream().filter((each) -> each.backend() == backend).toList();
			all = all.thenCombine(settle(backend, own, workers), (before, now) -> null);
		}
		return all;
	}

	private CompletableFuture<Void> settle(CacheBackend backend, List<PendingSettlement> settlements,
			Executor workers) {
		List<Settlement> asked = settlements.stream().map(PendingSettlement::settlement).toList();
		CompletableFuture<List<Settlement.Result>> answer;
		try {
			answer = backend.settleAsync(asked, workers).toCompletableFuture();
		}
		catch (RuntimeException ex) {
			answer = CompletableFuture.failedFuture(ex);
		}
		CompletableFuture<List<Settlement.Result>> results = answer
			.exceptionally((failure) -> Collections.nCopies(asked.size(), Settlement.Result.LOST));
		if (results.isDone() || this.listeners.isEmpty()) {
			return results.thenAccept((done) -> notifySettled(settlements, done));
		}
		// Listeners may block, which the thread of a driver must not.
		return results.thenAcceptAsync((done) -> notifySettled(settlements, done), workers)
			.exceptionally((rejected) -> null);
	}

	private void notifySettled(List<PendingSettlement> settlements, List<Settlement.Result> results) {
		for (int i = 0; i < results.size(); i++) {
			PendingSettlement each = settlements.get(i);
			Settlement.Result result = results.get(i);
			this.listeners
				.notifyEach((listener) -> listener.settled(each.reserved(), each.settlement().cost(), result));
		}
	}

}
