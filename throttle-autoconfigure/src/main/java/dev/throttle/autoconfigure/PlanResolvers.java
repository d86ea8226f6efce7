package dev.throttle.autoconfigure;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;

/**
 * Asks resolvers one after the other, until one knows the plan.
 *
 * @param resolvers the resolvers in the order in which they are asked
 */
@SuppressWarnings("NullAway") // javac 17 loses annotations in the class file
record PlanResolvers(List<PlanResolver> resolvers) implements PlanResolver {

	@Override
	public @Nullable String plan(ThrottleRequest request) {
		for (PlanResolver resolver : this.resolvers) {
			String plan = resolver.plan(request);
			if (plan != null) {
				return plan;
			}
		}
		return null;
	}

	@Override
	public CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
		return planAsync(request, workers, 0);
	}

	private CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers, int index) {
		if (index == this.resolvers.size()) {
			return CompletableFuture.completedFuture(null);
		}
		return ask(this.resolvers.get(index), request, workers).thenCompose((plan) -> (plan != null)
				? CompletableFuture.completedFuture(plan) : planAsync(request, workers, index + 1));
	}

	/**
	 * Ask a resolver. The advice of a proxy may be on the synchronous method only.
	 */
	private static CompletionStage<@Nullable String> ask(PlanResolver resolver, ThrottleRequest request,
			Executor workers) {
		return AopUtils.isAopProxy(resolver) ? CompletableFuture.supplyAsync(() -> resolver.plan(request), workers)
				: resolver.planAsync(request, workers);
	}

}
