package dev.throttle.engine;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;

/**
 * What {@link Rates} are made of. It is not changed any more once they are made.
 */
final class GivenRates {

	final RateRules rules;

	/** The policies as they are configured. */
	final Map<Scope, List<Policy>> policies = new LinkedHashMap<>();

	final Set<Scope> shadowScopes = new LinkedHashSet<>();

	/** The additional shadow policies of a scope. */
	final Map<Scope, List<Policy>> candidates = new LinkedHashMap<>();

	final Set<Scope> unlimited = new LinkedHashSet<>();

	/** The plans by the canonical form of their name. */
	final Map<String, PlanRates> plans = new LinkedHashMap<>();

	GivenRates(RateRules rules) {
		this.rules = rules;
	}

	GivenRates copy() {
		GivenRates copy = new GivenRates(this.rules);
		copy.policies.putAll(this.policies);
		copy.shadowScopes.addAll(this.shadowScopes);
		copy.candidates.putAll(this.candidates);
		copy.unlimited.addAll(this.unlimited);
		copy.plans.putAll(this.plans);
		return copy;
	}

}
