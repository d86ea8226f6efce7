package dev.throttle.handler;

import java.util.List;

import dev.throttle.Scope;
import dev.throttle.engine.ThrottlePlan;

/**
 * The throttles that apply to a handler, and the scopes that it declares.
 *
 * @param throttles the throttles
 * @param scopes the scopes that the handler declares
 * @since 1.0.0
 */
public record HandlerPlan(ThrottlePlan throttles, List<Scope> scopes) {

	static final HandlerPlan UNTHROTTLED = new HandlerPlan(ThrottlePlan.NONE, List.of());

	/**
	 * Return whether any throttle applies.
	 * @return whether one does
	 */
	public boolean isThrottled() {
		return !this.throttles.steps().isEmpty();
	}

}
