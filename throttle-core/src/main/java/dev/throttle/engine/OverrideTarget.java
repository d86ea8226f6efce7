package dev.throttle.engine;

import java.util.List;

import dev.throttle.Rate;
import dev.throttle.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The rate that is overridden.
 *
 * @param plan the plan in any spelling; null for the usual rate
 * @param scope the scope
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

	/**
	 * Return rates in which this one is replaced.
	 * @param text one rate, or several by comma; {@value Rates#UNLIMITED} for no limit
	 * @throws dev.throttle.InvalidRateException if that is not a rate
	 * @throws IllegalArgumentException if there is no such plan, or a rate does not suit
	 * the scope
	 */
	Rates replaceIn(Rates rates, String text) {
		List<Rate> replacement = isUnlimited(text) ? List.of() : Rate.parseAll(text);
		return (this.plan != null) ? rates.withPlanRate(this.plan, this.scope, replacement)
				: rates.with(this.scope, replacement);
	}

	/**
	 * Return whether a text means no limit. Unlike in the configuration, an empty one
	 * does not.
	 */
	static boolean isUnlimited(String text) {
		return text.trim().equalsIgnoreCase(Rates.UNLIMITED);
	}

	String key() {
		return (this.plan != null) ? Scope.of(this.plan).key() + SEPARATOR + this.scope.key() : this.scope.key();
	}

}
