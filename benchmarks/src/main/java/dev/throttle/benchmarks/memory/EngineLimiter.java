package dev.throttle.benchmarks.memory;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
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

	private static final String PLAN = "pro";

	/** A scope that is not asked for. */
	private static final Scope OTHER = Scope.of("other");

	private final MemoryCacheBackend backend = BackendLimiter.backend();

	private final AppliedThrottles applied;

	private final ThrottleEngine[] engines;

	EngineLimiter(List<List<Rate>> rates, int throttles, Extra extra) {
		this.applied = new AppliedThrottles(IntStream.range(0, throttles).mapToObj(this::step).toList());
		List<DecisionListener> listeners = (extra == Extra.METRICS)
				? List.of(new DecisionMetrics(new SimpleMeterRegistry(), (step) -> true)) : List.of();
		this.engines = new ThrottleEngine[rates.size()];
		for (int i = 0; i < this.engines.length; i++) {
			List<Rate> ofEach = rates.get(i);
			Map<Scope, List<Rate>> byScope = IntStream.range(0, throttles)
				.mapToObj((throttle) -> Scope.of(scope(throttle)))
				.collect(Collectors.toMap(Function.identity(), (scope) -> ofEach));
			ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING,
					new RateRegistry(rates(byScope, extra, ofEach)), SecretIdents.withRandomKey(), listeners);
			this.engines[i] = (extra == Extra.PLAN || extra == Extra.OTHER_PLAN) ? engine.withPlans((request) -> PLAN)
					: engine;
		}
	}

	private static Rates rates(Map<Scope, List<Rate>> byScope, Extra extra, List<Rate> ofOther) {
		Rates rates = Rates.none();
		for (Map.Entry<Scope, List<Rate>> entry : byScope.entrySet()) {
			rates = rates.with(entry.getKey(), entry.getValue());
		}
		return switch (extra) {
			case NONE, METRICS -> rates;
			case PLAN -> rates.withPlan(PLAN, false, byScope);
			case OTHER_PLAN -> rates.with(OTHER, ofOther).withPlan(PLAN, false, Map.of(OTHER, ofOther));
		};
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
	 * What the engine has to do besides.
	 */
	enum Extra {

		NONE, METRICS, PLAN, OTHER_PLAN

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
