package dev.throttle.engine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;

/**
 * The rates of a plan, which replace the usual ones for its clients.
 *
 * @param name the plan's name
 * @param isShadow whether they are only measured, beside the usual rates
 * @param policies the policies by scope, in the order of configuration; none if the scope
 * is unlimited
 * @since 1.0.0
 */
public record PlanRates(String name, boolean isShadow, Map<Scope, List<Policy>> policies) {

	/**
	 * Create the rates of a plan.
	 * @param name the plan's name
	 * @param isShadow whether they are only measured, beside the usual rates
	 * @param policies the policies by scope; none if the scope is unlimited
	 */
	public PlanRates {
		policies = Collections.unmodifiableMap(new LinkedHashMap<>(policies));
	}

	/**
	 * Return these rates with those of one scope added or replaced.
	 */
	PlanRates with(Scope scope, List<Policy> ofScope) {
		Map<Scope, List<Policy>> changed = new LinkedHashMap<>(this.policies);
		changed.put(scope, ofScope);
		return new PlanRates(this.name, this.isShadow, changed);
	}

}
