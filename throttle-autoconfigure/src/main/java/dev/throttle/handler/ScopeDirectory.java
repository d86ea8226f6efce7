package dev.throttle.handler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.handler.ThrottledHandlers.DescribedHandler;
import dev.throttle.limiter.RateLimiters;
import org.jspecify.annotations.Nullable;

/**
 * Finds the throttles that count under scopes.
 *
 * @since 1.0.0
 */
public final class ScopeDirectory {

	private final ThrottleRegistry throttles;

	private final ThrottledHandlers handlers;

	private final RateRegistry rates;

	private final RateLimiters limiters;

	/** Found once, and again when there are more handlers. */
	private volatile @Nullable Counting counting;

	/**
	 * Create a directory.
	 * @param throttles the throttles
	 * @param handlers the handlers and their throttles
	 * @param rates the rates
	 * @param limiters count in code and on methods
	 */
	public ScopeDirectory(ThrottleRegistry throttles, ThrottledHandlers handlers, RateRegistry rates,
			RateLimiters limiters) {
		this.throttles = throttles;
		this.handlers = handlers;
		this.rates = rates;
		this.limiters = limiters;
	}

	/**
	 * Find a scope.
	 * @param name the scope, in any spelling
	 * @param plan the plan whose rates to return, in any spelling; null for the usual
	 * ones
	 * @return the scope; null if no throttle, no handler and no code has it
	 * @throws IllegalArgumentException if there is no such plan
	 */
	public @Nullable CountedScope find(String name, @Nullable String plan) {
		Scope scope = scope(name);
		Set<Step> steps = (scope != null) ? steps(scope) : Set.of();
		if (scope == null || steps.isEmpty()) {
			return null;
		}
		Rates inForce = this.rates.rates();
		PlanRates known = (plan != null) ? inForce.plan(plan) : null;
		if (plan != null && known == null) {
			throw new IllegalArgumentException(
					unknown("plan", plan, inForce.plans().stream().map(PlanRates::name).toList()));
		}
		List<Policy> usual = inForce.policies(scope);
		Scope spelled = usual.isEmpty()
				? inForce.unlimitedScopes().stream().filter(scope::equals).findFirst().orElse(scope)
				: usual.get(0).scope();
		return (known != null)
				? new CountedScope(spelled, known.name(), inForce.policies(scope, known.name()), List.copyOf(steps))
				: new CountedScope(spelled, null, usual, List.copyOf(steps));
	}

	private Set<Step> steps(Scope scope) {
		Set<Step> steps = new LinkedHashSet<>();
		for (Step step : this.throttles.all()) {
			if (this.throttles.scopes(step).contains(scope)) {
				steps.add(step);
			}
		}
		for (DescribedHandler handler : this.handlers.described()) {
			if (handler.throttles().scopes().contains(scope)) {
				handler.throttles()
					.applied()
					.steps()
					.stream()
					.filter(ThrottleRegistry::countsScopes)
					.forEach(steps::add);
			}
		}
		if (!this.limiters.isOff() && isCountedInCode(scope, steps.isEmpty())) {
			steps.add(this.limiters.step());
		}
		return steps;
	}

	/**
	 * Return whether limiters count under a scope. A rate that nothing else uses is for a
	 * limiter that the code has not asked for yet.
	 */
	private boolean isCountedInCode(Scope scope, boolean only) {
		return this.limiters.usedScopes().contains(scope) || only && this.rates.rates().contains(scope);
	}

	/**
	 * Return the throttles of the filter and of handlers that count under scopes. One
	 * that only allows or denies is not among them, and neither is one whose scopes are
	 * not known before a request.
	 * @return the throttles in the order in which they are asked
	 */
	public List<CountingThrottle> counting() {
		Counting known = this.counting;
		int handlers = this.handlers.size();
		if (known == null || known.handlers() != handlers) {
			known = new Counting(handlers, findCounting());
			this.counting = known;
		}
		return known.throttles();
	}

	private List<CountingThrottle> findCounting() {
		Map<Step, Set<Scope>> ofHandlers = new HashMap<>();
		this.throttles.filter().steps().forEach((step) -> ofHandlers.put(step, new LinkedHashSet<>()));
		List<HandlerThrottles> handlers = new ArrayList<>(List.of(this.handlers.defaultThrottles()));
		this.handlers.described().forEach((handler) -> handlers.add(handler.throttles()));
		for (HandlerThrottles handler : handlers) {
			for (Step step : handler.applied().steps()) {
				ofHandlers.computeIfAbsent(step, (added) -> new LinkedHashSet<>()).addAll(handler.scopes());
			}
		}
		List<CountingThrottle> counting = new ArrayList<>();
		for (Step step : this.throttles.all()) {
			Set<Scope> declared = ofHandlers.get(step);
			if (declared != null) {
				Set<Scope> scopes = this.throttles.scopes(step, declared);
				if (!scopes.isEmpty()) {
					counting.add(new CountingThrottle(step, List.copyOf(scopes), List.copyOf(declared),
							ThrottleRegistry.countsOnlyUsersOrAddresses(step)));
				}
			}
		}
		return List.copyOf(counting);
	}

	/**
	 * Return a message that a scope is unknown, with the known ones.
	 * @param name the scope
	 * @return sentences
	 */
	public String unknown(String name) {
		Rates inForce = this.rates.rates();
		List<String> known = new ArrayList<>();
		inForce.asMap().keySet().forEach((scope) -> known.add(scope.name()));
		inForce.unlimitedScopes().forEach((scope) -> known.add(scope.name()));
		return unknown("scope", name, known);
	}

	private static String unknown(String what, String name, List<String> known) {
		String shown = (name.length() <= 80) ? name : name.substring(0, 80) + "...";
		return "There is no " + what + " '" + shown + "'" + DidYouMean.meant(shown, known) + ". "
				+ (known.isEmpty() ? "None is configured." : "Write one of " + DidYouMean.list(known) + ".");
	}

	private static @Nullable Scope scope(String name) {
		try {
			return Scope.of(name);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * A throttle that counts under scopes.
	 *
	 * @param step the throttle
	 * @param scopes the scopes
	 * @param ofHandlers the scopes of the handlers to which it applies
	 * @param countsUsersOrAddresses whether it counts users or addresses, and nobody else
	 */
	public record CountingThrottle(Step step, List<Scope> scopes, List<Scope> ofHandlers,
			boolean countsUsersOrAddresses) {

	}

	/**
	 * A scope under which requests are counted.
	 *
	 * @param scope the scope, as spelled where it is declared
	 * @param plan the plan that has these rates, as configured; null for the usual rates
	 * @param policies the current policies, including shadows; empty for no limit
	 * @param steps the throttles that count under it
	 */
	public record CountedScope(Scope scope, @Nullable String plan, List<Policy> policies, List<Step> steps) {

	}

	/**
	 * The throttles that count.
	 *
	 * @param handlers how many handlers there were when they were found
	 */
	private record Counting(int handlers, List<CountingThrottle> throttles) {
	}

}
