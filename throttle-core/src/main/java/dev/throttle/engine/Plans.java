package dev.throttle.engine;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the plans of clients. If that fails, the usual rates apply, which is logged.
 */
final class Plans {

	private static final Logger logger = LoggerFactory.getLogger(PlanResolver.class);

	/** A resolver may take names from requests. */
	private static final int MAX_UNKNOWN = 100;

	private static final int MAX_SHOWN = 80;

	private final PlanResolver resolver;

	private final DecisionListeners listeners;

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean failing = new AtomicBoolean();

	Plans(PlanResolver resolver, DecisionListeners listeners) {
		this.resolver = resolver;
		this.listeners = listeners;
	}

	/**
	 * Return the plan of a request's client, null for the usual rates.
	 */
	@Nullable String plan(ThrottleRequest request, Rates rates) {
		String known = request.plan();
		if (known != null) {
			return configured(known, request, rates);
		}
		try {
			return resolved(this.resolver.plan(request), request, rates);
		}
		catch (RuntimeException ex) {
			return failed(ex, request);
		}
	}

	/**
	 * Return the plan of a request's client without blocking the caller.
	 */
	CompletableFuture<@Nullable String> planAsync(ThrottleRequest request, Rates rates, Executor workers) {
		String known = request.plan();
		if (known != null) {
			return CompletableFuture.completedFuture(configured(known, request, rates));
		}
		CompletionStage<@Nullable String> answer;
		try {
			answer = this.resolver.planAsync(request, workers);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.completedFuture(failed(ex, request));
		}
		return answer.toCompletableFuture()
			.handle((name, failure) -> (failure != null) ? failed(failure, request) : resolved(name, request, rates));
	}

	private @Nullable String resolved(@Nullable String name, ThrottleRequest request, Rates rates) {
		if (this.failing.compareAndSet(true, false)) {
			logger.info("The plans of clients are known again");
		}
		return (name != null) ? configured(name, request, rates) : null;
	}

	private @Nullable String configured(String name, ThrottleRequest request, Rates rates) {
		PlanRates plan = rates.plan(name);
		if (plan != null) {
			return plan.name();
		}
		String shown = (name.length() <= MAX_SHOWN) ? name : name.substring(0, MAX_SHOWN) + "...";
		if (this.unknown.size() < MAX_UNKNOWN && this.unknown.add(shown)) {
			logger.warn(
					"There is no plan '{}', so its clients have the usual rates. Add 'throttle.plans.{}', or return one of {}",
					shown, shown, rates.plans().stream().map(PlanRates::name).toList());
		}
		this.listeners.notifyEach((listener) -> listener.planUnresolved(request, null));
		return null;
	}

	private @Nullable String failed(Throwable failure, ThrottleRequest request) {
		Throwable cause = VerdictCalls.cause(failure);
		if (this.failing.compareAndSet(false, true)) {
			logger.warn("The plan of a client could not be found out, so the usual rates apply", cause);
		}
		this.listeners.notifyEach((listener) -> listener.planUnresolved(request, cause));
		return null;
	}

}
