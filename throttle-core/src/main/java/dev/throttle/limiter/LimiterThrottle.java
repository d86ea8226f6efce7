package dev.throttle.limiter;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;

/**
 * Counts what a limiter was asked for.
 */
final class LimiterThrottle implements BaseThrottle {

	@Override
	public Verdict check(ThrottleRequest request) {
		return new Verdict.Count(request.scopes(), request.client(), 1);
	}

	@Override
	public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.completedFuture(check(request));
	}

}
