package dev.throttle.engine;

import dev.throttle.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The rate that is overridden.
 */
record OverrideTarget(@Nullable String plan, Scope scope) {

	private static final String SEPARATOR = "/";

	static OverrideTarget of(String key) {
		int separator = key.indexOf(SEPARATOR);
		return (separator < 0) ? new OverrideTarget(null, Scope.of(key))
				: new OverrideTarget(key.substring(0, separator), Scope.of(key.substring(separator + 1)));
	}

	/**
	 * Return whether the scope has a configured rate, if only in the plan.
	 */
	boolean isConfiguredIn(Rates rates) {
		PlanRates ofPlan = (this.plan != null) ? rates.plan(this.plan) : null;
		return rates.contains(this.scope) || ofPlan != null && ofPlan.policies().containsKey(this.scope);
	}

	String key() {
		return (this.plan != null) ? Scope.of(this.plan).key() + SEPARATOR + this.scope.key() : this.scope.key();
	}

}
