package dev.throttle.benchmarks.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.Rate;
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

	private final Policy[] policies;

	BackendLimiter(Rate[] rates) {
		this.policies = new Policy[rates.length];
		for (int i = 0; i < rates.length; i++) {
			this.policies[i] = Policy.of("user", rates[i]);
		}
	}

	static MemoryCacheBackend backend() {
		return MemoryCacheBackend.builder().maxClients(20_000_000).maxEntries(1_000_000_000).build();
	}

	@Override
	public Object ask(Client client, int key) {
		return this.backend.decide(new Quota(client, this.policies[key % this.policies.length]));
	}

	@Override
	public boolean allows(Object answer) {
		return ((Outcome) answer).isAllowed();
	}

	@Override
	public void close() {
		this.backend.close();
	}

	/**
	 * The same, asked for several quotas of a client at once.
	 */
	static final class Several implements Limiter {

		private final MemoryCacheBackend backend = backend();

		private final Policy[][] policies;

		Several(Rate[] rates, int count) {
			this.policies = new Policy[rates.length][count];
			for (int i = 0; i < rates.length; i++) {
				for (int j = 0; j < count; j++) {
					this.policies[i][j] = Policy.of("user-" + j, larger(rates[i], j + 1));
				}
			}
		}

		@Override
		public Object ask(Client client, int key) {
			Policy[] policies = this.policies[key % this.policies.length];
			List<Quota> quotas = new ArrayList<>(policies.length);
			for (Policy policy : policies) {
				quotas.add(new Quota(client, policy));
			}
			return this.backend.decide(List.of(new QuotaGroup(quotas)));
		}

		@Override
		public boolean allows(Object answer) {
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

	}

	static Rate larger(Rate rate, int times) {
		return new Rate(rate.limit() * times, Duration.ofNanos(rate.period().toNanos() * times));
	}

}
