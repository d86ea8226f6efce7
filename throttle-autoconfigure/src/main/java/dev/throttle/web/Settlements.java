package dev.throttle.web;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.throttle.Scope;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.ThrottleEngine;
import org.jspecify.annotations.Nullable;

/**
 * Settles requests when they are over: a scope that counts only some answers gives the
 * others back what they have taken, and one that counts bytes counts those that have
 * passed.
 *
 * @since 1.0.0
 */
public final class Settlements {

	private final ThrottleEngine engine;

	private final Map<Scope, CountedStatuses> countedStatuses;

	private final ByteScopes bytes;

	/**
	 * Create the settlements of an application.
	 * @param engine settles
	 * @param countedStatuses which answers count under a scope; other scopes count all
	 * @param bytes the scopes that count bytes
	 */
	public Settlements(ThrottleEngine engine, Map<Scope, CountedStatuses> countedStatuses, ByteScopes bytes) {
		this.engine = engine;
		this.countedStatuses = Map.copyOf(countedStatuses);
		this.bytes = bytes;
	}

	/**
	 * Return the scopes that count bytes.
	 * @return the scopes
	 */
	public ByteScopes bytes() {
		return this.bytes;
	}

	/**
	 * Return whether there is nothing to settle, however a request ends.
	 * @return whether all scopes count all answers, and no bytes
	 */
	public boolean isEmpty() {
		return this.countedStatuses.isEmpty() && this.bytes.isEmpty();
	}

	/**
	 * Settle a request, in one call to each backend and without waiting for it. If the
	 * client has gone, the request counts as it was admitted, or by the bytes that have
	 * passed.
	 * @param decisions the decisions about the request
	 * @param end how it has ended
	 * @param passed the bytes that have passed; null if they were not counted
	 * @param workers the executor for blocking work
	 */
	public void settle(List<Decision> decisions, RequestEnd end, @Nullable ByteCount passed, Executor workers) {
		if (!isEmpty() && !decisions.isEmpty()) {
			var unused = this.engine.settle(decisions, (quota) -> trueCost(quota, end, passed), workers);
		}
	}

	/**
	 * Return the true cost of a quota; negative if it is what was reserved.
	 */
	private long trueCost(QuotaResult quota, RequestEnd end, @Nullable ByteCount passed) {
		CountedStatuses counted = this.countedStatuses.get(quota.policy().scope());
		boolean isGivenBack = counted != null && !end.isClientGone() && !counted.contains(end.status());
		return isGivenBack ? 0 : this.bytes.trueCost(quota.policy().scope(), passed);
	}

}
