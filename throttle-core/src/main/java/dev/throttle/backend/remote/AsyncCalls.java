package dev.throttle.backend.remote;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.throttle.backend.Outcome;

/**
 * What follows when a store is asked without blocking the caller. Answers are handled on
 * the thread on which they arrive. That thread must not block, so listeners and the
 * answer to a failure run on workers.
 */
final class AsyncCalls {

	private static final String NO_WORKER = "no worker was free in time";

	private final RemoteListeners listeners;

	AsyncCalls(RemoteListeners listeners) {
		this.listeners = listeners;
	}

	/**
	 * Return the answer of the store, or another one if it does not decide.
	 * @param answer the answer of the store; fails with an {@link UndecidedException} if
	 * it does not decide
	 * @param start when it was asked, on the clock of {@link System#nanoTime()}
	 * @param workers the executor for blocking work
	 * @param answered takes the answer
	 * @param otherwise answers if the store does not
	 * @return the answer
	 */
	CompletionStage<List<Outcome>> follow(CompletableFuture<List<Outcome>> answer, long start, Executor workers,
			Consumer<List<Outcome>> answered, Supplier<CompletionStage<List<Outcome>>> otherwise) {
		return answer.thenApply((outcomes) -> {
			long nanos = System.nanoTime() - start;
			this.listeners.later(workers, () -> this.listeners.asked(true, nanos));
			answered.accept(outcomes);
			return outcomes;
		})
			.exceptionallyCompose((failure) -> CompletableFuture
				.supplyAsync(() -> undecided(UndecidedException.root(failure), start, workers, otherwise),
						orHere(workers))
				.thenCompose(Function.identity()));
	}

	/**
	 * Answer if the store does not decide.
	 * @param failure why it does not
	 */
	CompletionStage<List<Outcome>> undecided(Throwable failure, long start, Executor workers,
			Supplier<CompletionStage<List<Outcome>>> otherwise) {
		if (!(failure instanceof UndecidedException undecided)) {
			return CompletableFuture.failedFuture(failure);
		}
		if (undecided.wasAsked()) {
			long nanos = System.nanoTime() - start;
			this.listeners.later(workers, () -> this.listeners.asked(false, nanos));
		}
		return otherwise.get();
	}

	/**
	 * Let a worker ask, and wait until the deadline for its answer.
	 * @param call asks the store, or throws an {@link UndecidedException}
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}
	 * @param reason returns the reason of a failure
	 * @return the answer
	 * @throws UndecidedException if no worker takes the call
	 */
	static CompletableFuture<List<Outcome>> onWorker(Supplier<List<Outcome>> call, long deadlineNanos, Executor workers,
			Function<TimeoutException, String> reason) {
		CompletableFuture<List<Outcome>> answer;
		try {
			answer = CompletableFuture.supplyAsync(() -> {
				if (deadlineNanos - System.nanoTime() <= 0) {
					throw new UndecidedException(NO_WORKER, false);
				}
				return call.get();
			}, workers);
		}
		catch (RejectedExecutionException ex) {
			throw new UndecidedException(NO_WORKER, false);
		}
		return answer.copy()
			.orTimeout(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS)
			.exceptionallyCompose((failure) -> CompletableFuture.failedFuture(
					(failure instanceof TimeoutException late) ? new UndecidedException(reason.apply(late)) : failure));
	}

	/**
	 * Return an executor that runs here what no worker takes, as a request must be
	 * answered all the same.
	 */
	static Executor orHere(Executor workers) {
		return (task) -> {
			try {
				workers.execute(task);
			}
			catch (RejectedExecutionException ex) {
				task.run();
			}
		};
	}

}
