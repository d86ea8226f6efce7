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

	/**
	 * Record further entries, and then give back those that they stand for. No listener
	 * is told. What the backend did not record again stays as it was.
	 * @param debts the further entries, as settlements upwards
	 * @return completes when the backends have answered, and never fails
	 */
	CompletableFuture<Void> move(List<PendingSettlement> debts, Executor workers) {
		CompletableFuture<?>[] moved = debts.stream()
			.map((debt) -> ask(debt.backend(), List.of(debt.settlement()), workers)
				.thenCompose((recorded) -> (recorded.get(0) == Settlement.Result.SETTLED)
						? ask(debt.backend(), List.of(debt.settlement().withCost(0)), workers)
						: CompletableFuture.completedFuture(recorded)))
			.toArray(CompletableFuture<?>[]::new);
		return CompletableFuture.allOf(moved);
	}

	private CompletableFuture<Void> settle(CacheBackend backend, List<PendingSettlement> settlements,
			Executor workers) {
		CompletableFuture<List<Settlement.Result>> results = ask(backend,
				settlements.stream().map(PendingSettlement::settlement).toList(), workers);
		if (results.isDone() || this.listeners.isEmpty()) {
			return results.thenAccept((done) -> notifySettled(settlements, done));
		}
		// Listeners may block, which the thread of a driver must not.
		return results.thenAcceptAsync((done) -> notifySettled(settlements, done), workers)
			.exceptionally((rejected) -> null);
	}

	/**
	 * Ask a backend.
	 * @return what became of each settlement; never fails
	 */
	private static CompletableFuture<List<Settlement.Result>> ask(CacheBackend backend, List<Settlement> settlements,
			Executor workers) {
		CompletableFuture<List<Settlement.Result>> answer;
		try {
			answer = backend.settleAsync(settlements, workers).toCompletableFuture();
		}
		catch (RuntimeException ex) {
			answer = CompletableFuture.failedFuture(ex);
		}
		return answer.exceptionally((failure) -> Collections.nCopies(settlements.size(), Settlement.Result.LOST));
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
