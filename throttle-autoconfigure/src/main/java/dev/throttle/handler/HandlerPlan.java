package dev.throttle.handler;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.Policy;
import dev.throttle.Rates;
import dev.throttle.engine.ThrottlePlan;

/**
 * The throttles that apply to a handler, and the scopes under which it is counted.
 *
 * @param throttles the throttles
 * @param scopes the scopes that the handler declares
 * @since 1.0.0
 */
public record HandlerPlan(ThrottlePlan throttles, List<DeclaredScope> scopes) {

	static final HandlerPlan UNTHROTTLED = new HandlerPlan(ThrottlePlan.NONE, List.of());

	/**
	 * Return whether any throttle applies.
	 * @return whether one does
	 */
	public boolean isThrottled() {
		return !this.throttles.steps().isEmpty();
	}

	/**
	 * Return the policies of the handler's scopes.
	 * @param rates the rates in force
	 * @return the policies in the order of their declaration
	 */
	public List<Policy> policies(Rates rates) {
		if (this.scopes.size() == 1) {
			return this.scopes.get(0).policies(rates);
		}
		List<Policy> policies = new ArrayList<>();
		for (DeclaredScope scope : this.scopes) {
			policies.addAll(scope.policies(rates));
		}
		return policies;
	}

	/**
	 * A scope that a handler declares.
	 *
	 * @param scope the scope in its canonical form
	 * @param ownPolicies the policies of the rates that the handler declares with it,
	 * empty where the scope's rates count
	 * @param where the handler or class that declares it, for a reader
	 */
	public record DeclaredScope(String scope, List<Policy> ownPolicies, String where) {

		/**
		 * Return the policies of this scope.
		 * @param rates the rates in force
		 * @return the policies
		 */
		public List<Policy> policies(Rates rates) {
			return this.ownPolicies.isEmpty() ? rates.policies(this.scope)
					: rates.policies(this.scope, this.ownPolicies);
		}

	}

}
