package dev.throttle.http;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

import dev.throttle.backend.Settlement;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.QuotaResult;

/**
 * Keeps under which scopes the requests of each client were given back.
 */
class SettledScopes implements DecisionListener {

	private final Map<String, Set<String>> scopes = new ConcurrentHashMap<>();

	@Override
	public void settled(QuotaResult quota, long settled, Settlement.Result result) {
		this.scopes.computeIfAbsent(quota.client().ident(), (client) -> new ConcurrentSkipListSet<>())
			.add(quota.policy().scope().name() + ((settled == 0) ? "" : "=" + settled));
	}

	Set<String> of(String client) {
		return this.scopes.getOrDefault(client, Set.of());
	}

}
