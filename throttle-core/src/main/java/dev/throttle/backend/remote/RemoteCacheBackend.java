package dev.throttle.backend.remote;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * Base class for backends that keep histories in a store outside the process. It decides
 * within a timeout, answers known denials without asking the store, and answers requests
 * as configured while the store is unavailable. A circuit breaker tracks whether each
 * server of the store can decide, with scheduled checks of its own.
 * <p>
 * A subclass implements the calls to the store, and calls {@link #start()} when it is
 * complete.
 *
 * @since 1.0.0
 */
public abstract class RemoteCacheBackend implements CacheBackend, AutoCloseable {

	private final CacheBackend local;

	private final String description;

	private final RequestTimeout timeout;

	private final KnownDenials knownDenials;

	private final FailureAnswers failureAnswers;

	private final Breakers breakers;

	private final RemoteListeners listeners;

	private final AsyncCalls asyncCalls;

	private final BackgroundChecks checks;

	private volatile boolean overridesReadable = true;

	/**
	 * Create a backend.
	 * @param builder its settings
	 */
	protected RemoteCacheBackend(RemoteBackendBuilder<?> builder) {
		this.local = builder.local;
		this.description = builder.description;
		this.timeout = new RequestTimeout(builder.timeout);
		this.knownDenials = new KnownDenials(builder.knownDenials);
		this.failureAnswers = new FailureAnswers(builder.local, builder.onFailure);
		this.breakers = new Breakers(builder.description, System::nanoTime);
		this.listeners = new RemoteListeners(this.breakers::isOpen);
		this.asyncCalls = new AsyncCalls(this.listeners);
		this.checks = new BackgroundChecks(this, this.breakers, this.timeout, this.listeners);
	}

	/**
	 * Start the scheduled checks of the store.
	 */
	protected final void start() {
		this.checks.start();
	}

	@Override
	public final List<Outcome> decide(List<QuotaGroup> groups) {
		List<Outcome> known = this.knownDenials.find(groups, System.nanoTime());
		if (known != null) {
			this.listeners.knownDenial();
			return known;
		}
		long generation = this.knownDenials.generation(groups);
		long start = System.nanoTime();
		List<Outcome> outcomes;
		try {
			outcomes = ask(groups, true, this.timeout.deadline(start));
		}
		catch (UndecidedException ex) {
			this.listeners.undecided(ex, System.nanoTime() - start);
			// an answer from the store that came meanwhile is more exact than a
			// local count
			known = this.knownDenials.find(groups, System.nanoTime());
			return (known != null) ? known : this.failureAnswers.decide(groups);
		}
		this.listeners.asked(true, System.nanoTime() - start);
		this.knownDenials.record(groups, outcomes, generation, System.nanoTime());
		return outcomes;
	}

	@Override
	public final List<Outcome> peek(QuotaGroup group) {
		long start = System.nanoTime();
		try {
			List<Outcome> outcomes = ask(List.of(group), false, this.timeout.deadline(start));
			this.listeners.asked(true, System.nanoTime() - start);
			return outcomes;
		}
		catch (UndecidedException ex) {
			this.listeners.undecided(ex, System.nanoTime() - start);
			return this.failureAnswers.peek(group);
		}
	}

	@Override
	public final CompletionStage<List<Outcome>> decideAsync(List<QuotaGroup> groups, Executor workers) {
		List<Outcome> known = this.knownDenials.find(groups, System.nanoTime());
		if (known != null) {
			this.listeners.later(workers, this.listeners::knownDenial);
			return CompletableFuture.completedFuture(known);
		}
		long generation = this.knownDenials.generation(groups);
		return askAsync(groups, true, workers,
				(outcomes) -> this.knownDenials.record(groups, outcomes, generation, System.nanoTime()), () -> {
					List<Outcome> learnt = this.knownDenials.find(groups, System.nanoTime());
					return (learnt != null) ? CompletableFuture.completedFuture(learnt)
							: this.failureAnswers.decideAsync(groups, AsyncCalls.orHere(workers));
				});
	}

	@Override
	public final CompletionStage<List<Outcome>> peekAsync(QuotaGroup group, Executor workers) {
		return askAsync(List.of(group), false, workers, (outcomes) -> {
		}, () -> this.failureAnswers.peekAsync(group, AsyncCalls.orHere(workers)));
	}

	private CompletionStage<List<Outcome>> askAsync(List<QuotaGroup> groups, boolean record, Executor workers,
			Consumer<List<Outcome>> answered, Supplier<CompletionStage<List<Outcome>>> otherwise) {
		long start = System.nanoTime();
		try {
			return this.asyncCalls.follow(askAsync(groups, record, this.timeout.deadline(start), workers), start,
					workers, answered, otherwise);
		}
		catch (UndecidedException ex) {
			return this.asyncCalls.undecided(ex, start, workers, otherwise);
		}
	}

	@Override
	public final List<Settlement.Result> settle(List<Settlement> settlements) {
		return settleAsync(settlements, Runnable::run).toCompletableFuture().join();
	}

	@Override
	public final CompletionStage<List<Settlement.Result>> settleAsync(List<Settlement> settlements, Executor workers) {
		return new RemoteSettlements(this.knownDenials,
				(stored) -> settle(stored, this.timeout.deadline(System.nanoTime()), workers),
				(counted) -> this.local.settleAsync(counted, AsyncCalls.orHere(workers)))
			.settle(settlements);
	}

	/**
	 * Ask the store about groups, and wait for its answer.
	 * @param groups the groups
	 * @param record whether to record allowed groups
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}; a call
	 * that the store runs later must record nothing
	 * @return an outcome for each policy of each quota
	 * @throws UndecidedException if the store does not decide in time
	 */
	protected abstract List<Outcome> ask(List<QuotaGroup> groups, boolean record, long deadlineNanos);

	/**
	 * Ask the store about groups, without blocking the caller. By default, a worker waits
	 * for the answer.
	 * @param groups the groups
	 * @param record whether to record allowed groups
	 * @param deadlineNanos the deadline
	 * @param workers the executor for blocking work
	 * @return an outcome for each policy of each quota; fails with an
	 * {@link UndecidedException} if the store does not decide in time
	 * @throws UndecidedException if nothing was asked
	 */
	protected CompletableFuture<List<Outcome>> askAsync(List<QuotaGroup> groups, boolean record, long deadlineNanos,
			Executor workers) {
		return AsyncCalls.onWorker(() -> ask(groups, record, deadlineNanos), deadlineNanos, workers, this::reason);
	}

	/**
	 * Settle quotas in the store, without blocking the caller.
	 * @param settlements the settlements, at least one
	 * @param deadlineNanos the deadline, after which no answer is awaited; a settlement
	 * that the store makes later is still right
	 * @param workers the executor for blocking work
	 * @return what became of each settlement; fails with an {@link UndecidedException} if
	 * the store does not answer in time
	 * @throws UndecidedException if nothing was asked
	 */
	protected abstract CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements,
			long deadlineNanos, Executor workers);

	/**
	 * Delete the histories of a scope and of its shadow rates from the store.
	 * @param client the client
	 * @param scope the scope
	 * @param deadlineNanos the deadline
	 * @throws UndecidedException if the store does not answer in time
	 */
	protected abstract void forget(Client client, Scope scope, long deadlineNanos);

	/**
	 * Ask an unavailable server whether it can decide again.
	 * @param server the server, empty for any
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}
	 * @param blocking runs blocking work, which the calling thread must not do
	 * @return completes normally if it can
	 */
	protected abstract CompletionStage<?> probe(String server, long deadlineNanos, Executor blocking);

	/**
	 * Ask a server for any answer. By default, this is the same as a probe.
	 * @param server the server, empty for any
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}
	 * @param blocking runs blocking work, which the calling thread must not do
	 * @return completes normally if it answers
	 */
	protected CompletionStage<?> ping(String server, long deadlineNanos, Executor blocking) {
		return probe(server, deadlineNanos, blocking);
	}

	/**
	 * Record a failure.
	 * @param attempt the attempt that failed
	 * @param cause the root cause of the failure
	 * @return the exception to throw
	 */
	protected UndecidedException failed(Attempt attempt, Throwable cause) {
		String reason = reason(cause);
		attempt.failed(reason, null, isLate(cause));
		return new UndecidedException(reason);
	}

	/**
	 * Return whether a failure does not mean that the store is away, because the call
	 * took too long or lost one of several connections. By default, this is so of a
	 * {@link TimeoutException}.
	 * @param cause the root cause of the failure
	 * @return whether the store may still decide
	 */
	protected boolean isLate(Throwable cause) {
		return cause instanceof TimeoutException;
	}

	/**
	 * Return the servers that are in use. By default, there is one.
	 * @return the servers; an empty text for a single server
	 */
	protected Collection<String> servers() {
		return List.of("");
	}

	/**
	 * Called about once a second, for further checks. It must not block.
	 * @param blocking runs blocking work
	 */
	protected void onSchedule(Executor blocking) {
	}

	/**
	 * Close the connection to the store.
	 */
	protected abstract void closeStore();

	/**
	 * Return the rate overrides of all processes that share the store.
	 * @return the overrides
	 */
	public abstract RateOverrides rateOverrides();

	/**
	 * Begin an attempt to ask a server.
	 * @param server the server, empty if there is only one or it is not known yet
	 * @return the attempt, which records the result
	 * @throws UndecidedException if the server is known to be unavailable
	 */
	protected final Attempt attempt(String server) {
		Attempt attempt = this.breakers.of(server).ask();
		if (attempt == null) {
			throw new UndecidedException("known to be unavailable", false);
		}
		return attempt;
	}

	/**
	 * Record that there is a new connection.
	 * @param servers the servers behind it, empty if there is only one
	 */
	protected final void reconnected(Collection<String> servers) {
		this.breakers.reconnected(servers);
		this.checks.checkSoon();
	}

	/**
	 * Record that the store cannot be reached.
	 * @param reason why
	 * @param advice what to do about it, null if that is not known
	 */
	protected final void unreachable(String reason, @Nullable String advice) {
		this.breakers.whole().unreachable(reason, advice);
	}

	/**
	 * Record that the store was reached before the first request. The first requests may
	 * then take longer, because the code of this process has not run before.
	 */
	protected final void ready() {
		this.timeout.begin();
	}

	/**
	 * Run a task in the background. Tasks run one after the other.
	 * @param task the task
	 */
	protected final void inBackground(Runnable task) {
		this.checks.run(task);
	}

	/**
	 * Return the reason of a failure, for messages.
	 * @param cause the root cause of the failure
	 * @return the reason
	 */
	protected final String reason(Throwable cause) {
		if (isLate(cause) && cause.getMessage() == null) {
			return "no answer within " + this.timeout.at(System.nanoTime()).toMillis() + " ms";
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

	BackgroundChecks checks() {
		return this.checks;
	}

	void setOverridesReadable(boolean readable) {
		this.overridesReadable = readable;
	}

	/**
	 * Return the backend that counts while the store is unavailable.
	 * @return the local backend
	 */
	public final CacheBackend local() {
		return this.local;
	}

	/**
	 * Add a listener for the activity of this backend.
	 * @param listener the listener
	 */
	public final void addListener(RemoteBackendListener listener) {
		this.listeners.add(listener);
	}

	@Override
	public final void reset(Client client, Scope scope) {
		this.local.reset(client, scope);
		long start = System.nanoTime();
		try {
			forget(client, scope, this.timeout.deadline(start));
			this.listeners.asked(true, System.nanoTime() - start);
		}
		catch (UndecidedException ex) {
			this.listeners.undecided(ex, System.nanoTime() - start);
			throw new BackendUnavailableException(Breaker.PROBE_INTERVAL);
		}
		finally {
			this.knownDenials.forgetAll();
		}
	}

	@Override
	public final boolean isShared() {
		return true;
	}

	@Override
	public final boolean isAvailable() {
		return !this.breakers.isOpen() && this.overridesReadable;
	}

	@Override
	public final String toString() {
		return this.description;
	}

	@Override
	public final void close() {
		this.checks.close();
		closeStore();
		if (this.local instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("The local backend could not be closed", ex);
			}
		}
	}

}
