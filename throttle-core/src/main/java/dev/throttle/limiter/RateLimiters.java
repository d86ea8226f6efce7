package dev.throttle.limiter;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.Reservation;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionReservation;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.limiter.LimiterRequest.Caller;
import org.jspecify.annotations.Nullable;

/**
 * Limits in your own code:
 *
 * <pre class="code">
 * RateLimiters limiters = RateLimiters.of(Map.of("sms", "3/hour"), MemoryCacheBackend.builder().build());
 * RateLimiter sms = limiters.scope("sms");
 * if (sms.tryAcquire(Client.key(number)).isAllowed()) {
 * 	send(number, text);
 * }
 * </pre>
 *
 * Safe for use by several threads.
 *
 * @since 1.0.0
 */
public final class RateLimiters {

	/**
	 * The name under which metrics and events report what limiters count.
	 */
	public static final String NAME = "rateLimiter";

	private final RateRegistry rates;

	private final ThrottleEngine engine;

	private final CacheBackend backend;

	private final Executor workers;

	private final CallingThread thread;

	private final AppliedThrottles single;

	private final Set<Scope> used = ConcurrentHashMap.newKeySet();

	/**
	 * Create limiters.
	 * @param rates the rates of the scopes
	 * @param engine decides, by the same rates
	 * @param backend counts
	 * @param workers the executor for blocking work of asynchronous calls, and for what
	 * follows their answers
	 * @param thread tells about the calling thread
	 */
	public RateLimiters(RateRegistry rates, ThrottleEngine engine, CacheBackend backend, Executor workers,
			CallingThread thread) {
		this.rates = rates;
		this.engine = engine;
		this.backend = backend;
		this.workers = workers;
		this.thread = thread;
		this.single = throttles(1);
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
				ForkJoinPool.commonPool(), () -> false);
	}

	/**
	 * Return the limiter of a scope.
	 * @param scope the scope, in any spelling
	 * @return the limiter, which follows changes of the rate
	 * @throws IllegalArgumentException if the scope is not valid
	 * @throws MissingRateException if the scope has no rate
	 */
	public RateLimiter scope(String scope) {
		Scope known = Scope.of(Objects.requireNonNull(scope, "'scope' must not be null"));
		if (!this.engine.isOff() && !this.rates.rates().contains(known)) {
			throw new MissingRateException(known,
					this.rates.rates().asMap().keySet().stream().map(Scope::name).toList());
		}
		this.used.add(known);
		return new RateLimiter(known, this, !this.engine.isOff() && this.rates.rates().countsBytes(known));
	}

	/**
	 * Take permits under several scopes, all or none, in one step. With
	 * {@link Accounting#INDEPENDENT}, those that are there are taken even if others are
	 * not.
	 * @param permits the permits, at least one, of scopes that have a rate
	 * @return whether they were taken, and what is left
	 * @throws IllegalStateException if this would block an event loop
	 * @throws BackendUnavailableException if the backend cannot count and must not allow
	 * uncounted
	 */
	public Acquisition tryAcquire(List<Permits> permits) {
		checkThread();
		return acquisition(permits,
				this.engine.decide(request(permits, this.thread.request(), false), throttles(permits)));
	}

	/**
	 * Take permits as {@link #tryAcquire(List)} does, without blocking the caller.
	 * @param permits the permits, at least one, of scopes that have a rate
	 * @return whether they were taken, and what is left; fails with a
	 * {@link BackendUnavailableException} if the backend cannot count and must not allow
	 * uncounted
	 */
	public CompletableFuture<Acquisition> tryAcquireAsync(List<Permits> permits) {
		return tryAcquireAsync(permits, this.thread.request());
	}

	/**
	 * Take permits as {@link #tryAcquireAsync(List)} does, if the calling thread does not
	 * tell which request is being handled.
	 * @param permits the permits, at least one, of scopes that have a rate
	 * @param handled the request, which may tell the plan of its client; null if there is
	 * none
	 * @return whether they were taken, and what is left
	 */
	public CompletableFuture<Acquisition> tryAcquireAsync(List<Permits> permits, @Nullable ThrottleRequest handled) {
		return this.engine.decideAsync(request(permits, handled, false), throttles(permits), this.workers, this.workers)
			.thenApply((decision) -> acquisition(permits, decision));
	}

	CompletableFuture<Acquisition> pollAsync(List<Permits> permits) {
		LimiterRequest request = request(permits, null, true);
		AppliedThrottles throttles = throttles(permits);
		return this.engine.decideAsync(request, throttles, this.workers, this.workers)
			.thenApply((decision) -> decision.isAllowed() ? acquisition(permits, decision) : new Acquisition(decision,
					Reservation.NONE, () -> this.engine.tell(request, throttles, decision)));
	}

	Acquisition peek(List<Permits> permits) {
		checkThread();
		return new Acquisition(this.engine.peek(request(permits, this.thread.request(), false), throttles(permits)),
				Reservation.NONE);
	}

	private LimiterRequest request(List<Permits> permits, @Nullable ThrottleRequest handled, boolean isRepeated) {
		boolean hasPlans = !this.rates.rates().plans().isEmpty();
		return new LimiterRequest(permits, (hasPlans && handled != null) ? Caller.of(handled) : null, isRepeated);
	}

	private AppliedThrottles throttles(List<Permits> permits) {
		return (permits.size() == 1) ? this.single : throttles(permits.size());
	}

	private AppliedThrottles throttles(int count) {
		return new AppliedThrottles(IntStream.range(0, count)
			.mapToObj((index) -> new Step(NAME, new LimiterThrottle(index), this.backend))
			.toList());
	}

	private Acquisition acquisition(List<Permits> permits, Decision decision) {
		List<Scope> scopes = (permits.size() == 1) ? List.of(permits.get(0).scope())
				: permits.stream().map(Permits::scope).toList();
		return new Acquisition(decision, DecisionReservation.of(this.engine, decision, scopes, this.workers));
	}

	void reset(Client client, Scope scope) {
		checkThread();
		this.backend.reset(this.engine.asCounted(client), scope);
	}

	private void checkThread() {
		if (this.backend.isShared() && this.thread.mustNotBlock()) {
			throw new IllegalStateException(
					"Permits are counted outside this process, so this call would block the event loop '"
							+ Thread.currentThread().getName()
							+ "'; call it from Schedulers.boundedElastic(), or call tryAcquireAsync or acquireAsync. A method with @Throttle may return a Mono, a Flux or a CompletableFuture instead of a plain value");
		}
	}

	/**
	 * Return what is known of the calling thread.
	 * @return the thread
	 */
	public CallingThread thread() {
		return this.thread;
	}

	/**
	 * Return whether throttling is off, so that everything is allowed.
	 * @return whether it is off
	 */
	public boolean isOff() {
		return this.engine.isOff();
	}

	/**
	 * Return how limiters count in a decision, to name them beside throttles.
	 * @return the step of a limiter
	 */
	public Step step() {
		return this.single.steps().get(0);
	}

	/**
	 * Return the scopes whose limiters were asked for.
	 * @return the scopes until now
	 */
	public Collection<Scope> usedScopes() {
		return Set.copyOf(this.used);
	}

}
