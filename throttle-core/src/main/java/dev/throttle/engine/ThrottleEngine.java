package dev.throttle.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

import dev.throttle.Accounting;
import dev.throttle.Client;
import dev.throttle.InvalidVerdictException;
import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Outcome;
import dev.throttle.engine.AppliedThrottles.Step;
import org.jspecify.annotations.Nullable;

/**
 * Asks the throttles that apply to a request, has their quotas counted, and makes one
 * decision, which it settles when the true cost of the request is known.
 *
 * @since 1.0.0
 */
public final class ThrottleEngine {

	private final Accounting accounting;

	private final RateRegistry rates;

	private final SecretIdents secretIdents;

	private final DecisionListeners listeners;

	private final SettlementCalls settlementCalls;

	private volatile boolean off;

	private final @Nullable Plans plans;

	private final double retryAfterJitter;

	/**
	 * Create an engine without listeners.
	 * @param accounting whether a denied request still counts against the other throttles
	 * @param rates the rates in force
	 * @param secretIdents the hashes of secret idents
	 */
	public ThrottleEngine(Accounting accounting, RateRegistry rates, SecretIdents secretIdents) {
		this(accounting, rates, secretIdents, List.of());
	}

	/**
	 * Create an engine.
	 * @param accounting whether a denied request still counts against the other throttles
	 * @param rates the rates in force
	 * @param secretIdents the hashes of secret idents
	 * @param listeners the listeners for decisions
	 */
	public ThrottleEngine(Accounting accounting, RateRegistry rates, SecretIdents secretIdents,
			List<DecisionListener> listeners) {
		this(accounting, rates, secretIdents, new DecisionListeners(listeners), false, null, 0);
	}

	private ThrottleEngine(Accounting accounting, RateRegistry rates, SecretIdents secretIdents,
			DecisionListeners listeners, boolean off, @Nullable Plans plans, double retryAfterJitter) {
		this.accounting = accounting;
		this.rates = rates;
		this.secretIdents = secretIdents;
		this.listeners = listeners;
		this.settlementCalls = new SettlementCalls(listeners);
		this.off = off;
		this.plans = plans;
		this.retryAfterJitter = retryAfterJitter;
	}

	/**
	 * Return this engine with plans.
	 * @param resolver determines the plan of a client
	 * @return the engine
	 */
	public ThrottleEngine withPlans(PlanResolver resolver) {
		return withPlans(resolver, System::nanoTime);
	}

	ThrottleEngine withPlans(PlanResolver resolver, LongSupplier nanoTime) {
		return new ThrottleEngine(this.accounting, this.rates, this.secretIdents, this.listeners, this.off,
				new Plans(resolver, this.listeners, nanoTime), this.retryAfterJitter);
	}

	/**
	 * Return this engine with a jitter, so that not all clients that wait for one
	 * boundary of the calendar come back at the same time.
	 * @param share by how much such a wait is lengthened at most, as a share of it, from
	 * 0 to 1
	 * @return the engine
	 * @throws IllegalArgumentException if the share is out of range
	 */
	public ThrottleEngine withRetryAfterJitter(double share) {
		if (!(share >= 0 && share <= 1)) {
			throw new IllegalArgumentException("'share' must be from 0 to 1 but is " + share);
		}
		return new ThrottleEngine(this.accounting, this.rates, this.secretIdents, this.listeners, this.off, this.plans,
				share);
	}

	/**
	 * Return a disabled engine: it allows every request, and calls no throttle, backend
	 * or listener.
	 * @param accounting whether a denied request would count against the other throttles
	 * @param rates the rates
	 * @param secretIdents the hashes of secret idents
	 * @return the engine
	 */
	public static ThrottleEngine off(Accounting accounting, RateRegistry rates, SecretIdents secretIdents) {
		return new ThrottleEngine(accounting, rates, secretIdents, new DecisionListeners(List.of()), true, null, 0);
	}

	/**
	 * Return whether this engine is disabled, and allows every request.
	 * @return whether it is off
	 */
	public boolean isOff() {
		return this.off;
	}

	/**
	 * Switch this engine off or on, as for one test. Requests that are being decided are
	 * not affected.
	 * @param off whether every request is allowed, without calling a throttle, backend or
	 * listener
	 */
	public void setOff(boolean off) {
		this.off = off;
	}

	/**
	 * Return whether a denied request still counts against the other throttles.
	 * @return the accounting
	 */
	public Accounting accounting() {
		return this.accounting;
	}

	/**
	 * Return a client as the backends know it, to read or reset its histories there.
	 * @param client the client
	 * @return the client, with the hash of a secret ident
	 */
	public Client asCounted(Client client) {
		return client.isSecret() ? this.secretIdents.protect(client) : client;
	}

	/**
	 * Decide a request, and wait for throttles and backends. If one of them throws an
	 * exception, the release tasks run and the exception is rethrown.
	 * @param request the request
	 * @param throttles the throttles that apply to it
	 * @return the decision, to be {@linkplain Decision#release() released} when the
	 * request is over
	 * @throws InvalidVerdictException if a throttle returns an invalid verdict
	 * @throws BackendUnavailableException if a backend cannot count the request and must
	 * not allow it uncounted
	 */
	public Decision decide(ThrottleRequest request, AppliedThrottles throttles) {
		return decide(request, throttles, false);
	}

	/**
	 * Ask throttles how much of their quotas is left for a request of cost 1, and wait
	 * for them and the backends. Nothing is recorded, and no listener is told.
	 * @param request the request
	 * @param throttles the throttles
	 * @return the decision that the request would get, with each quota once and without
	 * shadows
	 * @throws InvalidVerdictException if a throttle returns an invalid verdict
	 * @throws BackendUnavailableException if a backend cannot answer and is configured to
	 * deny in that case
	 */
	public Decision peek(ThrottleRequest request, AppliedThrottles throttles) {
		return decide(request, throttles, true);
	}

	private Decision decide(ThrottleRequest request, AppliedThrottles throttles, boolean peeking) {
		if (throttles.steps().isEmpty() || this.off) {
			return Decision.NOT_THROTTLED;
		}
		Rates rates = this.rates.rates();
		PendingDecision pending = new PendingDecision(request, rates, this.secretIdents, peeking);
		List<Outcome> outcomes = null;
		Throwable failure = null;
		try {
			for (int i = 0; i < throttles.steps().size(); i++) {
				Step step = throttles.steps().get(i);
				pending.add(step, VerdictCalls.check(step, request));
			}
			if (this.plans != null) {
				this.plans.find(pending, rates);
			}
			pending.askAll();
			outcomes = ask(pending);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		return conclude(request, throttles, pending, outcomes, failure);
	}

	private List<Outcome> ask(PendingDecision pending) {
		if (pending.asksNothing()) {
			return List.of();
		}
		AskedQuota single = pending.single();
		if (single != null) {
			return single.backend().decide(single.quota());
		}
		return pending.calls(this.accounting).ask();
	}

	/**
	 * Decide a request as {@link #decide} does, without blocking the caller. Throttles
	 * and backends are asked one after the other, in the same order. If the caller
	 * completes or cancels the returned future, the decision is released.
	 * @param request the request, which is used by several threads, one after the other
	 * @param throttles the throttles that apply to it
	 * @param workers the executor for blocking work
	 * @param after the executor for what follows an asynchronous answer, such as
	 * listeners and the stages that depend on the decision
	 * @return the decision; fails with what {@link #decide} throws
	 */
	public CompletableFuture<Decision> decideAsync(ThrottleRequest request, AppliedThrottles throttles,
			Executor workers, Executor after) {
		return decideAsync(request, throttles, workers, after, false);
	}

	/**
	 * Ask throttles as {@link #peek} does, without blocking the caller.
	 * @param request the request, which is used by several threads, one after the other
	 * @param throttles the throttles
	 * @param workers the executor for blocking work
	 * @return the decision that the request would get; fails with what {@link #peek}
	 * throws
	 */
	public CompletableFuture<Decision> peekAsync(ThrottleRequest request, AppliedThrottles throttles,
			Executor workers) {
		return decideAsync(request, throttles, workers, workers, true);
	}

	private CompletableFuture<Decision> decideAsync(ThrottleRequest request, AppliedThrottles throttles,
			Executor workers, Executor after, boolean peeking) {
		if (throttles.steps().isEmpty() || this.off) {
			return CompletableFuture.completedFuture(Decision.NOT_THROTTLED);
		}
		Rates rates = this.rates.rates();
		PendingDecision pending = new PendingDecision(request, rates, this.secretIdents, peeking);
		CompletableFuture<List<Outcome>> outcomes = checkAsync(request, throttles, rates, pending, 0, workers);
		BiFunction<@Nullable List<Outcome>, @Nullable Throwable, Decision> conclusion = (answer, failure) -> conclude(
				request, throttles, pending, answer, (failure != null) ? VerdictCalls.cause(failure) : null);
		CompletableFuture<Decision> concluded = outcomes.isDone() ? outcomes.handle(conclusion)
				: outcomes.handleAsync(conclusion, after);
		if (VerdictCalls.isAnswered(concluded)) {
			return concluded;
		}
		CompletableFuture<Decision> decided = new CompletableFuture<>();
		var unused = concluded.whenComplete((decision, failure) -> {
			if (failure != null) {
				// Release here, too: 'after' may have rejected the conclusion.
				pending.release();
				decided.completeExceptionally(VerdictCalls.cause(failure));
			}
			else if (!decided.complete(decision)) {
				decision.release();
			}
		});
		return decided;
	}

	/**
	 * Ask the throttles from an index on, one after the other, and then the backends.
	 */
	private CompletableFuture<List<Outcome>> checkAsync(ThrottleRequest request, AppliedThrottles throttles,
			Rates rates, PendingDecision pending, int from, Executor workers) {
		try {
			for (int i = from; i < throttles.steps().size(); i++) {
				Step step = throttles.steps().get(i);
				CompletableFuture<Verdict> verdict = VerdictCalls.checkAsync(step, request, workers);
				if (!VerdictCalls.isAnswered(verdict)) {
					int next = i + 1;
					return verdict.thenCompose((answer) -> {
						pending.add(step, answer);
						return checkAsync(request, throttles, rates, pending, next, workers);
					});
				}
				pending.add(step, verdict.join());
			}
			return askAllAsync(pending, rates, workers);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<List<Outcome>> askAllAsync(PendingDecision pending, Rates rates, Executor workers) {
		if (this.plans != null) {
			CompletableFuture<Void> found = this.plans.findAsync(pending, rates, workers);
			if (!VerdictCalls.isAnswered(found)) {
				return found.thenCompose((done) -> askAsync(pending, workers));
			}
		}
		return askAsync(pending, workers);
	}

	private CompletableFuture<List<Outcome>> askAsync(PendingDecision pending, Executor workers) {
		pending.askAll();
		return pending.asksNothing() ? CompletableFuture.completedFuture(List.of())
				: pending.calls(this.accounting).askAsync(workers);
	}

	/**
	 * Settle what a request has taken, in one call to each backend, without blocking the
	 * caller. A quota is settled at most once; one that takes what it reserved needs no
	 * call.
	 * @param decisions the decisions about the request, such as those of the filter and
	 * of the handler
	 * @param trueCost returns how many permits a quota has taken in truth; negative to
	 * settle it later or never
	 * @param workers the executor for blocking work, and for listeners of an answer that
	 * is not there at once; listeners are not told if it takes no more tasks
	 * @return completes when the backends have answered, and never fails
	 */
	public CompletableFuture<Void> settle(List<Decision> decisions, ToLongFunction<QuotaResult> trueCost,
			Executor workers) {
		List<PendingSettlement> settlements = new ArrayList<>();
		decisions.forEach((decision) -> settlements.addAll(decision.settle(trueCost)));
		return this.settlementCalls.settle(settlements, workers);
	}

	/**
	 * Count what a request has taken as if it were taken now, without blocking the
	 * caller. It is recorded again first, and then given back where it was, so that the
	 * rate is not exceeded in between. A quota that was settled before stays as it is,
	 * and one that is moved cannot be settled.
	 * @param decision the decision about the request
	 * @param workers the executor for blocking work
	 * @return completes when the backends have answered, and never fails
	 */
	CompletableFuture<Void> countFromNow(Decision decision, Executor workers) {
		return this.settlementCalls.move(decision.settle((quota) -> 2 * quota.cost()), workers);
	}

	/**
	 * Tell the listeners of a decision that they were not told of when it was made, which
	 * is so for a denial of a {@linkplain JointRequest#isRepeated() repeated} request.
	 * @param request the request
	 * @param throttles the throttles that apply to it
	 * @param decision what they decided
	 */
	public void tell(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
		this.listeners.notifyEach((listener) -> listener.decided(request, throttles, decision));
	}

	/**
	 * Make the decision or throw the failure, and notify the listeners.
	 */
	private Decision conclude(ThrottleRequest request, AppliedThrottles throttles, PendingDecision pending,
			@Nullable List<Outcome> outcomes, @Nullable Throwable failure) {
		boolean isTold = !this.listeners.isEmpty() && !pending.isPeeking();
		boolean allowed = false;
		try {
			if (outcomes == null) {
				if (failure instanceof BackendUnavailableException unavailable && isTold) {
					List<QuotaResult> refused = pending.refused(unavailable);
					this.listeners.notifyEach((listener) -> listener.refused(request, throttles, refused, unavailable));
				}
				throw VerdictCalls.<RuntimeException>rethrow(Objects.requireNonNull(failure));
			}
			Decision decision = pending.decide(outcomes, this.retryAfterJitter);
			if (isTold && (decision.isAllowed() || !pending.isRepeated())) {
				tell(request, throttles, decision);
			}
			allowed = decision.isAllowed() && !pending.isPeeking();
			return decision;
		}
		finally {
			if (!allowed) {
				pending.release();
			}
		}
	}

}
