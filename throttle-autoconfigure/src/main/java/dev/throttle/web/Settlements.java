package dev.throttle.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.throttle.Scope;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.ThrottleEngine;

/**
 * Settles requests when they are over: a scope that counts only some answers gives the
 * others back what they have taken.
 *
 * @since 1.0.0
 */
public final class Settlements {

	private final ThrottleEngine engine;

	private final Map<Scope, CountedStatuses> countedStatuses;

	/**
	 * Create the settlements of an application.
	 * @param engine settles
	 * @param countedStatuses which answers count under a scope; other scopes count all
	 */
	public Settlements(ThrottleEngine engine, Map<Scope, CountedStatuses> countedStatuses) {
		this.engine = engine;
		this.countedStatuses = Map.copyOf(countedStatuses);
	}

	/**
	 * Return whether there is nothing to settle, however a request ends.
	 * @return whether all scopes count all answers
	 */
	public boolean isEmpty() {
		return this.countedStatuses.isEmpty();
	}

	/**
	 * Settle a request, in one call to each backend and without waiting for it. If the
	 * client has gone, the request counts as it was admitted.
	 * @param decisions the decisions about the request
	 * @param end how it has ended
	 * @param workers the executor for blocking work
	 */
	public void settle(List<Decision> decisions, RequestEnd end, Executor workers) {
		if (!isEmpty() && !decisions.isEmpty() && !end.isClientGone()) {
			var unused = this.engine.settle(decisions, (quota) -> trueCost(quota, end), workers);
		}
	}

	/**
	 * Return the true cost of a quota; negative if it is what was reserved.
	 */
	private long trueCost(QuotaResult quota, RequestEnd end) {
		CountedStatuses counted = this.countedStatuses.get(quota.policy().scope());
		return (counted == null || counted.contains(end.status())) ? -1 : 0;
	}

}
