package dev.throttle.limiter;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

import dev.throttle.Accounting;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;

/**
 * Limits in your own code:
 *
 * <pre class="code">
 * RateLimiters limiters = RateLimiters.of(Map.of("sms", "3/hour"), MemoryCacheBackend.builder().build());
 * RateLimiter sms = limiters.scope("sms");
 * if (sms.tryAcquire(Client.of("phone", number)).isAllowed()) {
 * 	send(number, text);
 * }
 * </pre>
 *
 * Safe for use by several threads.
 *
 * @since 1.0.0
 */
public final class RateLimiters {

	private final RateRegistry rates;

	private final ThrottleEngine engine;

	private final CacheBackend backend;

	private final Executor workers;

	private final Set<Scope> used = ConcurrentHashMap.newKeySet();

	/**
	 * Create limiters.
	 * @param rates the rates of the scopes
	 * @param engine decides, by the same rates
	 * @param backend counts
	 * @param workers the executor for blocking work of asynchronous calls, and for what
	 * follows their answers
	 */
	public RateLimiters(RateRegistry rates, ThrottleEngine engine, CacheBackend backend, Executor workers) {
		this.rates = rates;
		this.engine = engine;
		this.backend = backend;
		this.workers = workers;
	}

	/**
	 * Create limiters without a framework.
	 * @param rates the rates by scope, such as {@code 3/hour} or {@code 60/min, 1000/day}
	 * @param backend counts; if it is shared, secret idents cannot be counted
	 * @return the limiters
	 * @throws dev.throttle.InvalidRateException if a text is not a rate
	 * @throws IllegalArgumentException if a scope is not valid
	 */
	public static RateLimiters of(Map<String, String> rates, CacheBackend backend) {
		RateRegistry registry = new RateRegistry(Rates.of(rates));
		return new RateLimiters(registry,
				new ThrottleEngine(Accounting.ALL_OR_NOTHING, registry, SecretIdents.withRandomKey()), backend,
				ForkJoinPool.commonPool());
	}

	/**
	 * Return the limiter of a scope.
	 * @param scope the scope, in any spelling
	 * @return the limiter, which follows changes of the rate
	 * @throws IllegalArgumentException if the scope is not valid, or has no rate
	 */
	public RateLimiter scope(String scope) {
		Scope known = Scope.of(Objects.requireNonNull(scope, "'scope' must not be null"));
		if (!this.engine.isOff() && !this.rates.rates().contains(known)) {
			throw new IllegalArgumentException("There is no rate for the scope '" + scope + "'; set 'throttle.rates."
					+ scope + "', for example to '100/hour'");
		}
		this.used.add(known);
		return new RateLimiter(known, this.engine, this.backend, this.workers);
	}

	/**
	 * Return the scopes whose limiters were asked for.
	 * @return the scopes until now
	 */
	public Collection<Scope> usedScopes() {
		return Set.copyOf(this.used);
	}

}
