package dev.throttle.benchmarks.memory;

import java.security.Principal;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.metrics.DecisionMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Throttle's engine, asked about a request that one {@link UserRateThrottle} counts, or
 * several do.
 */
final class EngineLimiter implements Limiter {

	private final MemoryCacheBackend backend = BackendLimiter.backend();

	private final AppliedThrottles applied;

	private final ThrottleEngine[] engines;

	EngineLimiter(List<List<Rate>> rates, int throttles, boolean metrics) {
		this.applied = new AppliedThrottles(IntStream.range(0, throttles).mapToObj(this::step).toList());
		List<DecisionListener> listeners = metrics
				? List.of(new DecisionMetrics(new SimpleMeterRegistry(), (step) -> true)) : List.of();
		this.engines = new ThrottleEngine[rates.size()];
		for (int i = 0; i < this.engines.length; i++) {
			Rates ofThrottles = Rates.none();
			for (int throttle = 0; throttle < throttles; throttle++) {
				ofThrottles = ofThrottles.with(Scope.of(scope(throttle)), rates.get(i));
			}
			this.engines[i] = new ThrottleEngine(Accounting.ALL_OR_NOTHING, new RateRegistry(ofThrottles),
					SecretIdents.withRandomKey(), listeners);
		}
	}

	private AppliedThrottles.Step step(int throttle) {
		return new AppliedThrottles.Step("throttle-" + throttle, new UserRateThrottle(scope(throttle)), this.backend);
	}

	private static String scope(int throttle) {
		return UserRateThrottle.SCOPE + "-" + throttle;
	}

	@Override
	public Object ask(Client client, int key) {
		return this.engines[key % this.engines.length].decide(new Request(client.ident()), this.applied);
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
	 */
	private record Request(String user) implements ThrottleRequest {

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
		public @Nullable Principal principal() {
			return null;
		}

		@Override
		public OptionalLong contentLength() {
			return OptionalLong.empty();
		}

		@Override
		public List<Scope> scopes() {
			return List.of();
		}

		@Override
		public <T> @Nullable T nativeRequest(Class<T> type) {
			return null;
		}

	}

}
