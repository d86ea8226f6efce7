package dev.throttle.handler;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.throttle.Policy;
import dev.throttle.Rates;
import dev.throttle.Scope;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerPlan.DeclaredScope;
import dev.throttle.handler.HandlerPlans.PlannedHandler;

/**
 * Knows which throttles count under which scope.
 *
 * @since 1.0.0
 */
public final class ScopeDirectory {

	private final ThrottleRegistry throttles;

	private final HandlerPlans plans;

	private final RateRegistry rates;

	/**
	 * Create a directory.
	 * @param throttles the throttles
	 * @param plans the plans of the handlers
	 * @param rates the rates
	 */
	public ScopeDirectory(ThrottleRegistry throttles, HandlerPlans plans, RateRegistry rates) {
		this.throttles = throttles;
		this.plans = plans;
		this.rates = rates;
	}

	/**
	 * Return the policies of a scope, by the throttles that count under them.
	 * @param scope the scope, in any spelling
	 * @return the throttles with the policies that are in force, empty where the scope is
	 * not known
	 */
	public List<Counting> find(String scope) {
		String canonical = canonical(scope);
		if (canonical.isEmpty()) {
			return List.of();
		}
		Rates inForce = this.rates.rates();
		Set<Counting> found = new LinkedHashSet<>();
		for (Step step : this.throttles.all()) {
			SimpleRateThrottle simple = ThrottleRegistry.rateThrottle(step);
			if (step.throttle().scopes().stream().anyMatch((other) -> canonical(other).equals(canonical))) {
				found.add(new Counting(step, inForce.policies(canonical)));
			}
			else if (simple != null && simple.hasScope(canonical) && !simple.ownPolicies().isEmpty()) {
				found.add(new Counting(step, inForce.policies(canonical, List.copyOf(simple.ownPolicies()))));
			}
		}
		for (PlannedHandler handler : this.plans.planned()) {
			for (DeclaredScope declared : handler.plan().scopes()) {
				if (declared.scope().equals(canonical)) {
					handler.plan()
						.throttles()
						.steps()
						.stream()
						.filter(ThrottleRegistry::countsScopes)
						.forEach((step) -> found.add(new Counting(step, declared.policies(inForce))));
				}
			}
		}
		return List.copyOf(found);
	}

	/**
	 * Say that a scope is not known, and which are.
	 * @param scope the scope
	 * @return sentences
	 */
	public String unknown(String scope) {
		Set<String> known = new LinkedHashSet<>(HandlerScopes.spelled(this.rates.configured()));
		List<Policy> own = new ArrayList<>();
		this.throttles.all().forEach((step) -> own.addAll(step.throttle().ownPolicies()));
		this.plans.planned()
			.forEach((handler) -> handler.plan().scopes().forEach((declared) -> own.addAll(declared.ownPolicies())));
		own.forEach((policy) -> known.add(policy.name()));
		return "There is no scope '" + shortened(scope) + "'" + DidYouMean.meant(shortened(scope), known)
				+ ". Write one of " + DidYouMean.list(known) + ".";
	}

	private static String canonical(String scope) {
		try {
			return Scope.canonical(scope);
		}
		catch (IllegalArgumentException ex) {
			return "";
		}
	}

	private static String shortened(String scope) {
		return (scope.length() <= 80) ? scope : scope.substring(0, 80) + "...";
	}

	/**
	 * A throttle that counts under a scope.
	 *
	 * @param step the throttle
	 * @param policies the policies by which it counts
	 */
	public record Counting(Step step, List<Policy> policies) {
	}

}
