package dev.throttle.benchmarks.memory;

import java.util.List;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.metrics.DecisionMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Throttle's engine, asked about a request that a {@link UserRateThrottle} counts.
 */
final class EngineLimiter implements Limiter {

	private final MemoryCacheBackend backend = BackendLimiter.backend();

	private final ThrottlePlan plan = new ThrottlePlan(
			List.of(new ThrottlePlan.Step("userRateThrottle", new UserRateThrottle(), this.backend)));

	private final ThrottleEngine engine;

	private final Rates[] rates;

	EngineLimiter(Rate[] rates, boolean metrics) {
		List<DecisionListener> listeners = metrics ? List.of(new DecisionMetrics(new SimpleMeterRegistry()))
				: List.of();
		this.engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, SecretIdents.withRandomKey(), listeners);
		this.rates = new Rates[rates.length];
		for (int i = 0; i < rates.length; i++) {
			this.rates[i] = Rates.none().with(UserRateThrottle.SCOPE, List.of(rates[i]));
		}
	}

	@Override
	public Object ask(Client client, int key) {
		return this.engine.decide(new Request(client.ident(), this.rates[key % this.rates.length]), this.plan);
	}

	@Override
	public boolean allows(Object answer) {
		return ((Decision) answer).isAllowed();
	}

	@Override
	public void close() {
		this.backend.close();
	}

	/**
	 * A request by a user.
	 *
	 * @param user the user
	 * @param rates the rates
	 */
	private record Request(String user, Rates rates) implements ThrottleRequest {

		@Override
		public String method() {
			return "GET";
		}

		@Override
		public String path() {
			return "/";
		}

		@Override
		public @Nullable String header(String name) {
			return null;
		}

		@Override
		public String address() {
			return "192.0.2.1";
		}

		@Override
		public List<Policy> handlerPolicies() {
			return List.of();
		}

		@Override
		public <T> @Nullable T nativeRequest(Class<T> type) {
			return null;
		}

	}

}
