package dev.throttle.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.BaseThrottle;
import dev.throttle.InvalidVerdictException;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.engine.AppliedThrottles.Step;
import org.jspecify.annotations.Nullable;

/**
 * Asks throttles for their verdicts. The message about an invalid one names the throttle.
 */
final class VerdictCalls {

	private VerdictCalls() {
	}

	/**
	 * Ask a throttle on the calling thread.
	 */
	static @Nullable Verdict check(Step step, ThrottleRequest request) {
		try {
			return step.throttle().check(request);
		}
		catch (InvalidVerdictException ex) {
			throw new InvalidVerdictException(step.name(), ex);
		}
	}

	/**
	 * Ask a throttle without blocking the caller.
	 */
	static CompletableFuture<Verdict> checkAsync(Step step, ThrottleRequest request, Executor workers) {
		try {
			BaseThrottle throttle = step.throttle();
			CompletionStage<Verdict> verdict = step.isProxy()
					? CompletableFuture.supplyAsync(() -> throttle.check(request), workers)
					: throttle.checkAsync(request, workers);
			if (verdict == null) {
				throw new InvalidVerdictException("it is null");
			}
			CompletableFuture<Verdict> future = verdict.toCompletableFuture();
			return isAnswered(future) ? future : future
				.exceptionallyCompose((failure) -> CompletableFuture.failedFuture(named(step, cause(failure))));
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(named(step, ex));
		}
	}

	private static Throwable named(Step step, Throwable failure) {
		return (failure instanceof InvalidVerdictException invalid) ? new InvalidVerdictException(step.name(), invalid)
				: failure;
	}

	/**
	 * Return whether an answer is there already, so that no stage has to wait for it.
	 */
	static boolean isAnswered(CompletableFuture<?> future) {
		return future.isDone() && !future.isCompletedExceptionally();
	}

	/**
	 * Return a failure as it was thrown.
	 */
	static Throwable cause(Throwable failure) {
		return (failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	/**
	 * Throw any failure as it is, even a checked exception.
	 */
	@SuppressWarnings("unchecked")
	static <E extends Throwable> RuntimeException rethrow(Throwable failure) throws E {
		throw (E) failure;
	}

}
