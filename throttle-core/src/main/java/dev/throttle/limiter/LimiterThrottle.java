package dev.throttle.limiter;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.BaseThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;

/**
 * Counts some of the permits that limiters were asked for.
 *
 * @param index the index of the permits
 */
record LimiterThrottle(int index) implements BaseThrottle {

	@Override
	public Verdict check(ThrottleRequest request) {
		Permits permits = ((LimiterRequest) request).permits().get(this.index);
		return new Verdict.Count(List.of(permits.scope()), permits.client(), permits.cost());
	}

	@Override
	public CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.completedFuture(check(request));
	}

}
