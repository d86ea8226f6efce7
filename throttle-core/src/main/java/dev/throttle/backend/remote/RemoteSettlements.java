package dev.throttle.backend.remote;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Settlement;

/**
 * Settles each quota where it was recorded: in the store, or in this process while the
 * store did not answer.
 */
final class RemoteSettlements {

	private final KnownDenials knownDenials;

	private final Function<List<Settlement>, CompletionStage<List<Settlement.Result>>> store;

	private final Function<List<Settlement>, CompletionStage<List<Settlement.Result>>> local;

	/**
	 * Create settlements.
	 * @param knownDenials the known denials, which end with the settlements of their
	 * histories
	 * @param store settles in the store
	 * @param local settles in this process
	 */
	RemoteSettlements(KnownDenials knownDenials,
			Function<List<Settlement>, CompletionStage<List<Settlement.Result>>> store,
			Function<List<Settlement>, CompletionStage<List<Settlement.Result>>> local) {
		this.knownDenials = knownDenials;
		this.store = store;
		this.local = local;
	}

	CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements) {
		CompletableFuture<Iterator<Settlement.Result>> stored = settle(settlements, false);
		CompletableFuture<Iterator<Settlement.Result>> counted = settle(settlements, true);
		return stored.thenCombine(counted,
				(inStore, inProcess) -> settlements.stream()
					.map((each) -> (isLocal(each) ? inProcess : inStore).next())
					.toList());
	}

	private CompletableFuture<Iterator<Settlement.Result>> settle(List<Settlement> settlements, boolean local) {
		List<Settlement> own = settlements.stream().filter((each) -> isLocal(each) == local).toList();
		if (own.isEmpty()) {
			return CompletableFuture.completedFuture(Collections.emptyIterator());
		}
		return (local ? this.local.apply(own) : settleInStore(own)).thenApply(List::iterator).toCompletableFuture();
	}

	private CompletionStage<List<Settlement.Result>> settleInStore(List<Settlement> settlements) {
		CompletionStage<List<Settlement.Result>> answer;
		try {
			answer = this.store.apply(settlements);
		}
		catch (UndecidedException ex) {
			answer = CompletableFuture.failedFuture(ex);
		}
		return answer.exceptionallyCompose((failure) -> lost(settlements, failure))
			.whenComplete((done, failure) -> settlements.forEach((each) -> this.knownDenials.forget(each.quota())));
	}

	private static CompletionStage<List<Settlement.Result>> lost(List<Settlement> settlements, Throwable failure) {
		return (UndecidedException.root(failure) instanceof UndecidedException)
				? CompletableFuture.completedFuture(Collections.nCopies(settlements.size(), Settlement.Result.LOST))
				: CompletableFuture.failedFuture(failure);
	}

	private static boolean isLocal(Settlement settlement) {
		return settlement.outcome().decidedBy() == DecidedBy.LOCAL;
	}

}
