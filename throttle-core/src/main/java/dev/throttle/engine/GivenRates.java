package dev.throttle.engine;

import java.util.ArrayList;
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

	/**
	 * Return a scope in its first spelling.
	 */
	Scope spelled(Scope scope) {
		List<Policy> present = this.policies.get(scope);
		return (present != null) ? present.get(0).scope() : scope;
	}

	/**
	 * Check that no scope has shadow rates beside rates that are shadows themselves.
	 * @throws IllegalArgumentException if one has
	 */
	void checkShadows() {
		this.shadowScopes.forEach((scope) -> {
			if (this.candidates.containsKey(scope)) {
				throw new IllegalArgumentException(
						"The rate of the scope '" + scope + "' is a shadow rate, so the scope cannot have another one");
			}
		});
	}

	/**
	 * Return a scope's policies as they are counted: none if the scope is unlimited, as
	 * shadows if its rates are shadow rates, and otherwise with the additional shadow
	 * policies.
	 */
	List<Policy> asCounted(Scope scope, List<Policy> ofScope) {
		if (this.unlimited.contains(scope)) {
			return List.of();
		}
		if (this.shadowScopes.contains(scope)) {
			return shadows(ofScope);
		}
		List<Policy> beside = this.candidates.get(scope);
		if (beside == null) {
			return ofScope;
		}
		List<Policy> together = new ArrayList<>(ofScope);
		together.addAll(beside);
		return List.copyOf(together);
	}

	static List<Policy> shadows(List<Policy> policies) {
		return policies.stream().map(Policy::asShadow).toList();
	}

}
