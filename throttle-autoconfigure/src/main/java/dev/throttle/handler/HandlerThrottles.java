package dev.throttle.handler;

import java.util.List;

import dev.throttle.Scope;
import dev.throttle.engine.AppliedThrottles;

/**
 * The throttles that apply to a handler, and the scopes that it declares.
 *
 * @param applied the throttles
 * @param declared the scopes that the handler declares
 * @since 1.0.0
 */
public record HandlerThrottles(AppliedThrottles applied, DeclaredScopes declared) {

	static final HandlerThrottles UNTHROTTLED = new HandlerThrottles(AppliedThrottles.NONE, DeclaredScopes.NONE);

	/**
	 * Return whether any throttle applies.
	 * @return whether one does
	 */
	public boolean isThrottled() {
		return !this.applied.steps().isEmpty();
	}

	/**
	 * Return the scopes that the handler declares.
	 * @return the scopes
	 */
	public List<Scope> scopes() {
		return this.declared.scopes();
	}

}
