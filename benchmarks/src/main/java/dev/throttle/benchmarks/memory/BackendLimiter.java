package dev.throttle.benchmarks.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;

/**
 * Throttle's backend in memory, asked for one quota.
 */
final class BackendLimiter implements Limiter {

	private final MemoryCacheBackend backend = backend();

	private final List<List<Policy>> policies;

	/**
	 * Create a limiter.
	 * @param rates the rates of a scope, of which the clients have one list in turns
	 */
	BackendLimiter(List<List<Rate>> rates) {
		this.policies = policies("user", rates);
	}

	static MemoryCacheBackend backend() {
		return MemoryCacheBackend.builder().maxClients(20_000_000).maxEntries(1_000_000_000).build();
	}

	private static List<List<Policy>> policies(String scope, List<List<Rate>> rates) {
		return rates.stream().map((each) -> Policy.ofScope(Scope.of(scope), each)).toList();
	}

	@Override
	public Object ask(Client client, int key) {
		return this.backend.decide(new Quota(client, this.policies.get(key % this.policies.size()), 1));
	}

	@Override
	public boolean allows(Object answer) {
		return allAllow(answer);
	}

	private static boolean allAllow(Object answer) {
		for (Object outcome : (List<?>) answer) {
			if (!((Outcome) outcome).isAllowed()) {
				return false;
			}
		}
		return true;
	}

	@Override
	public void close() {
		this.backend.close();
	}

	/**
	 * The same, asked for several scopes of a client at once.
	 */
	static final class Several implements Limiter {

		private final MemoryCacheBackend backend = backend();

		private final List<List<List<Policy>>> policiesByScope;

		Several(List<List<Rate>> rates, int scopes) {
			this.policiesByScope = IntStream.range(0, scopes)
				.mapToObj((scope) -> policies("user-" + scope, rates))
				.toList();
		}

		@Override
		public Object ask(Client client, int key) {
			List<Quota> quotas = new ArrayList<>(this.policiesByScope.size());
			for (List<List<Policy>> policies : this.policiesByScope) {
				quotas.add(new Quota(client, policies.get(key % policies.size()), 1));
			}
			return this.backend.decide(List.of(new QuotaGroup(quotas)));
		}

		@Override
		public boolean allows(Object answer) {
			return allAllow(answer);
		}

		@Override
		public void close() {
			this.backend.close();
		}

	}

}
