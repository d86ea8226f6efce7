package dev.throttle.engine;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the plans of clients. If that fails, the usual rates apply, which is logged at
 * most once a minute: a client may make it fail by what it sends.
 */
final class Plans {

	private static final Logger logger = LoggerFactory.getLogger(PlanResolver.class);

	/** A resolver may take names from requests. */
	private static final int MAX_UNKNOWN = 100;

	private static final int MAX_SHOWN = 80;

	private static final long INTERVAL_NANOS = 60_000_000_000L;

	private static final CompletableFuture<Void> FOUND = CompletableFuture.completedFuture(null);

	private final PlanResolver resolver;

	private final DecisionListeners listeners;

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	private final LongSupplier nanoTime;

	private volatile boolean failing;

	private long nextWarning;

	Plans(PlanResolver resolver, DecisionListeners listeners, LongSupplier nanoTime) {
		this.resolver = resolver;
		this.listeners = listeners;
		this.nanoTime = nanoTime;
		this.nextWarning = nanoTime.getAsLong();
	}

	/**
	 * Find the plans that make a difference to a decision.
	 */
	void find(PendingDecision pending, Rates rates) {
		for (ThrottleRequest next = pending.nextWithoutPlan(); next != null; next = pending.nextWithoutPlan()) {
			pending.planned(next, plan(next, rates));
		}
	}

	/**
	 * Find the plans that make a difference to a decision, one after the other, without
	 * blocking the caller.
	 */
	CompletableFuture<Void> findAsync(PendingDecision pending, Rates rates, Executor workers) {
		for (ThrottleRequest next = pending.nextWithoutPlan(); next != null; next = pending.nextWithoutPlan()) {
			ThrottleRequest asked = next;
			CompletableFuture<@Nullable String> plan = planAsync(asked, rates, workers);
			if (!VerdictCalls.isAnswered(plan)) {
				return plan.thenCompose((answer) -> {
					pending.planned(asked, answer);
					return findAsync(pending, rates, workers);
				});
			}
			pending.planned(asked, plan.join());
		}
		return FOUND;
	}

	/**
	 * Return the plan of a request's client, null for the usual rates.
	 */
	private @Nullable String plan(ThrottleRequest request, Rates rates) {
		String known = request.plan();
		if (known != null) {
			return configured(known, request, rates);
		}
		try {
			return resolved(this.resolver.plan(request), request, rates);
		}
		catch (Throwable ex) {
			// Also an Error and, from Kotlin, a checked exception, as if a worker had
			// thrown it.
			return failed(ex, request);
		}
	}

	/**
	 * Return the plan of a request's client without blocking the caller.
	 */
	private CompletableFuture<@Nullable String> planAsync(ThrottleRequest request, Rates rates, Executor workers) {
		String known = request.plan();
		if (known != null) {
			return CompletableFuture.completedFuture(configured(known, request, rates));
		}
		CompletableFuture<@Nullable String> answer;
		try {
			answer = this.resolver.planAsync(request, workers).toCompletableFuture();
		}
		catch (Throwable ex) {
			return CompletableFuture.completedFuture(failed(ex, request));
		}
		return answer
			.handle((name, failure) -> (failure != null) ? failed(failure, request) : resolved(name, request, rates));
	}

	private @Nullable String resolved(@Nullable String name, ThrottleRequest request, Rates rates) {
		if (this.failing) {
			worksAgain();
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
		if (!this.failing) {
			warn(cause);
		}
		this.listeners.notifyEach((listener) -> listener.planUnresolved(request, cause));
		return null;
	}

	private synchronized void warn(Throwable cause) {
		long now = this.nanoTime.getAsLong();
		if (!this.failing && now - this.nextWarning >= 0) {
			this.failing = true;
			this.nextWarning = now + INTERVAL_NANOS;
			logger.warn("The plan of a client could not be found out, so the usual rates apply", cause);
		}
	}

	private synchronized void worksAgain() {
		if (this.failing) {
			this.failing = false;
			logger.info("The plans of clients are known again");
		}
	}

}
