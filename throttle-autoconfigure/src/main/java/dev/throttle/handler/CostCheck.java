package dev.throttle.handler;

import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.engine.PlanRates;
import dev.throttle.engine.RateRegistry;

/**
 * Checks that the costs of handlers and methods are within the limits, those of plans
 * included. A limit of 0 denies everything on purpose.
 *
 * @since 1.0.0
 */
public final class CostCheck {

	private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

	private final RateRegistry rates;

	/**
	 * Create a check.
	 * @param rates the rates; the configured ones are checked
	 */
	public CostCheck(RateRegistry rates) {
		this.rates = rates;
	}

	/**
	 * Return the number that a cost is written as.
	 * @param text the cost
	 * @return the number; empty if it is something else, such as an expression
	 */
	public static OptionalLong number(String text) {
		return NUMBER.matcher(text).matches() ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
	}

	/**
	 * Check a cost.
	 * @param declaration what declares it, for messages
	 * @param counted what has the cost: {@code request} or {@code call}
	 * @param scope the scope under which it is counted
	 * @param cost the number of permits
	 * @throws InvalidThrottleConfigurationException if it is above a limit
	 */
	public void check(String declaration, String counted, Scope scope, long cost) {
		String description = declaration + " declares the cost " + cost + " for the scope '" + scope
				+ "', which has the rate '";
		List<Policy> configured = this.rates.configured().policies(scope);
		check(configured.isEmpty() ? this.rates.rates().policies(scope) : configured, cost, description,
				"', so every " + counted + " would be denied.", "raise the limit of the rate.");
		for (PlanRates plan : this.rates.rates().plans()) {
			check(plan.policies().getOrDefault(scope, List.of()), cost, description,
					"' in the plan '" + plan.name() + "', so every " + counted + " of that plan would be denied.",
					"raise the limit in '" + PlanCheck.property(plan, scope) + "'.");
		}
	}

	private static void check(List<Policy> policies, long cost, String description, String result, String action) {
		for (Policy policy : policies) {
			if (policy.rate().limit() > 0 && policy.rate().limit() < cost) {
				throw new InvalidThrottleConfigurationException(Mistake.INVALID_COST,
						description + policy.rate() + result, "Lower the cost, or " + action);
			}
		}
	}

}
