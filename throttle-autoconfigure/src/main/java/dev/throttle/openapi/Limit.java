package dev.throttle.openapi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.web.CountedStatuses;
import org.jspecify.annotations.Nullable;

/**
 * A scope under which an operation is counted.
 *
 * @param step the throttle that counts it
 * @param scope the scope
 * @param usual the enforced rates of clients without a plan, empty for no limit
 * @param plans the rates by plan, where a plan has its own
 * @param cost how many permits a request takes
 * @param counted which answers count; null for all
 * @param isBeforeAuthentication whether it is counted in the filter
 */
record Limit(Step step, Scope scope, List<Policy> usual, Map<String, List<Policy>> plans, long cost,
		@Nullable CountedStatuses counted, boolean isBeforeAuthentication) {

	/**
	 * Return whether it can deny a request of some client.
	 */
	boolean isEnforced() {
		return !this.usual.isEmpty() || this.plans.values().stream().anyMatch((rates) -> !rates.isEmpty());
	}

	/**
	 * Return whether each request takes one permit: an own throttle may choose another
	 * cost, or requests that it does not count.
	 */
	boolean isOfEachRequest() {
		return ThrottleRegistry.countsOnlyUsersOrAddresses(this.step);
	}

	/**
	 * Return the one whose requests take more, of two handlers of one operation.
	 */
	Limit orDearer(Limit other) {
		return (other.cost > this.cost) ? other : this;
	}

	/**
	 * Return the scope as it is spelled where its rate is.
	 */
	String name() {
		return this.usual.isEmpty() ? this.scope.name() : this.usual.get(0).scope().name();
	}

	Map<String, Object> toExtension() {
		Map<String, Object> extension = new LinkedHashMap<>();
		extension.put("scope", name());
		extension.put("rates", rates(this.usual));
		if (!this.plans.isEmpty()) {
			Map<String, Object> plans = new LinkedHashMap<>();
			this.plans.forEach((plan, rates) -> plans.put(plan, rates(rates)));
			extension.put("plans", plans);
		}
		if (this.cost > 1) {
			extension.put("cost", this.cost);
		}
		if (this.counted != null) {
			extension.put("count-status", this.counted.toString());
		}
		return extension;
	}

	private static List<String> rates(List<Policy> policies) {
		return policies.stream().map((policy) -> policy.rate().toString()).toList();
	}

}
