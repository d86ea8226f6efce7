package dev.throttle.handler;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.throttle.Scope;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.Rates;

/**
 * Checks that every rate of a plan has an effect.
 */
final class PlanCheck {

	private final Rates rates;

	private final OutgoingCheck outgoing;

	/**
	 * Create a check.
	 * @param rates the rates, with those that throttles and handlers define
	 * @param outgoing knows the scopes of calls that go out
	 */
	PlanCheck(Rates rates, OutgoingCheck outgoing) {
		this.rates = rates;
		this.outgoing = outgoing;
	}

	/**
	 * Check that the scopes of all plans have a usual rate, if only an unlimited one, and
	 * are counted.
	 * @param used the scopes of the throttles and handlers that apply
	 * @throws InvalidThrottleConfigurationException if one has no usual rate, or is not
	 * counted
	 */
	void checkScopes(Set<Scope> used) {
		Set<Scope> known = new LinkedHashSet<>(this.rates.asMap().keySet());
		known.addAll(this.rates.unlimitedScopes());
		List<String> names = this.outgoing.others(known);
		this.rates.plans().forEach((plan) -> plan.policies().keySet().forEach((scope) -> {
			if (!known.contains(scope)) {
				throw new InvalidThrottleConfigurationException(Mistake.SCOPE_WITHOUT_RATE,
						"The property '" + property(plan, scope) + "' is set, but the scope '" + scope
								+ "' has no usual rate" + DidYouMean.meant(scope.name(), names) + ".",
						(names.isEmpty() ? "Set"
								: "Use a scope that has a rate: " + DidYouMean.list(names) + ", or set")
								+ " 'throttle.rates." + scope
								+ "' (to 'unlimited' if only plans have a limit), or remove the property.");
			}
			if (!used.contains(scope)) {
				throw new InvalidThrottleConfigurationException(Mistake.UNUSED_RATE,
						"The property '" + property(plan, scope)
								+ "' would have no effect: the scope is not used by any throttle or handler.",
						"Add @Throttle(scope = \"" + scope + "\") to a handler, or remove the property.");
			}
		}));
	}

	/**
	 * Check that plans of users have no rate of a scope that is counted in the filter
	 * only, where no user is known.
	 * @param ofUsers the plans that only users have
	 * @param filter the scopes that are counted in the filter
	 * @param handlers the scopes that are counted at handlers
	 * @throws InvalidThrottleConfigurationException if one has
	 */
	void checkFilter(Set<String> ofUsers, Set<Scope> filter, Set<Scope> handlers) {
		for (PlanRates plan : this.rates.plans()) {
			for (Scope scope : plan.policies().keySet()) {
				if (ofUsers.contains(plan.name()) && filter.contains(scope) && !handlers.contains(scope)) {
					throw new InvalidThrottleConfigurationException(Mistake.USER_BEFORE_AUTHENTICATION, "The property '"
							+ property(plan, scope)
							+ "' would have no effect: the scope is counted in the filter before authentication, but the plan '"
							+ plan.name() + "' has only users and authorities, which are not known there.",
							"Remove the property, add networks to 'throttle.plans." + plan.name()
									+ ".clients', or declare a bean of type PlanResolver that finds the plan of a request without a user.");
				}
			}
		}
	}

	/**
	 * Return the property that sets the rate of a scope in a plan.
	 */
	static String property(PlanRates plan, Scope scope) {
		return "throttle.plans." + plan.name() + ".rates." + scope;
	}

}
