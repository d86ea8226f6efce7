package dev.throttle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * Determines the plan of a client. It is asked about a request only if a plan has a rate
 * for one of the scopes under which the request is counted, and then once.
 * Implementations are safe for use by several threads.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface PlanResolver {

	/**
	 * Return the plan of the client of a request. If this method throws an exception, or
	 * names a plan that does not exist, the usual rates apply.
	 * @param request the request; before authentication, its user is not known
	 * @return the name of the plan in any spelling, null for the usual rates
	 */
	@Nullable String plan(ThrottleRequest request);

	/**
	 * Return the plan without blocking the caller. By default, a worker calls
	 * {@link #plan(ThrottleRequest)}. A resolver that never blocks should return a
	 * completed stage instead.
	 * @param request the request; before authentication, its user is not known
	 * @param workers the executor for blocking work
	 * @return the name of the plan in any spelling, null for the usual rates
	 */
	default CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.supplyAsync(() -> plan(request), workers);
	}

}
