package dev.throttle.backend.jdbc;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import javax.sql.DataSource;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.remote.Attempt;
import dev.throttle.backend.remote.RemoteBackendBuilder;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.backend.remote.UndecidedException;
import dev.throttle.backend.remote.UndecidedRequestLog;
import org.jspecify.annotations.Nullable;

/**
 * Keeps histories in PostgreSQL, exact to the microsecond by the server's clock. All
 * quotas of a request take one round trip and a transaction of their own, never that of
 * the application; a request that is known to be denied takes none. While the server does
 * not answer in time, requests are answered as configured.
 * <p>
 * Requests about one history wait for each other, by advisory locks that they take in one
 * order. Entries are found by their time or cumulative cost, so that a decision costs the
 * same whatever the limit.
 * <p>
 * A commit does not wait for the disk: what was recorded in the last fraction of a second
 * is forgotten if the server crashes, and nothing if it is stopped.
 * <p>
 * If the server's clock is set back, or a replica with a clock that is behind takes over,
 * nothing is forgotten, and a denial lasts at most one period from then on. If the clock
 * is set forward, requests that are a period old by the new time are forgotten. A denial
 * by a rate of the calendar lasts until the next boundary. A reservation is found by its
 * time on the server's clock. If that clock is set back in between, it stands, and its
 * settlement is reported as gone.
 * <p>
 * The caller's thread waits for the answer, or a worker where the caller must not block.
 *
 * @since 1.0.0
 */
public final class JdbcCacheBackend extends RemoteCacheBackend {

	/**
	 * The default timeout of a decision.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(250);

	private static final int WARM_UP_CALLS = 20;

	private final JdbcKeys keys;

	private final ServerFunctions functions;

	private final JdbcRateOverrides rateOverrides;

	private final UndecidedRequestLog undecidedRequests = new UndecidedRequestLog("PostgreSQL");

	private final Sweeper sweeper;

	private JdbcCacheBackend(Builder builder, JdbcKeys keys, String prefix) {
		super(builder);
		this.keys = keys;
		this.functions = new ServerFunctions(builder.dataSource, builder.tablePrefix, this.keys, builder.time);
		this.rateOverrides = new JdbcRateOverrides(this, this.functions, builder.tablePrefix, prefix, builder.time);
		this.sweeper = new Sweeper(this.functions);
	}

	/**
	 * Return a builder.
	 * @param dataSource gives connections, for this backend alone; it is not closed with
	 * the backend
	 * @param local the backend that counts while the database is unavailable, and is
	 * closed with the new backend
	 * @return the builder
	 */
	public static Builder builder(DataSource dataSource, CacheBackend local) {
		return new Builder(dataSource, local);
	}

	@Override
	protected List<Outcome> ask(List<QuotaGroup> groups, boolean record, long deadlineNanos) {
		return call(() -> this.functions.decide(DecideCall.of(groups, record), deadlineNanos));
	}

	@Override
	protected CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements, long deadlineNanos,
			Executor workers) {
		List<Settlement> changes = settlements.stream().filter((each) -> each.difference() != 0).toList();
		if (changes.isEmpty()) {
			return CompletableFuture
				.completedFuture(Collections.nCopies(settlements.size(), Settlement.Result.SETTLED));
		}
		try {
			return CompletableFuture
				.supplyAsync(() -> call(() -> this.functions.settle(changes, deadlineNanos)).iterator(), workers)
				.thenApply((results) -> settlements.stream()
					.map((each) -> (each.difference() != 0) ? results.next() : Settlement.Result.SETTLED)
					.toList());
		}
		catch (RejectedExecutionException ex) {
			throw new UndecidedException("no worker was free in time");
		}
	}

	@Override
	protected void forget(Client client, Scope scope, long deadlineNanos) {
		List<String> forgotten = Policy.historyKeys(scope).stream().map((key) -> this.keys.key(client, key)).toList();
		call(() -> {
			this.functions.forget(forgotten, deadlineNanos);
			return true;
		});
	}

	/**
	 * Call the server, and take note of what comes of it.
	 * @throws UndecidedException if it does not answer in time
	 */
	private <T> T call(Callable<T> call) {
		Attempt attempt = attempt("");
		try {
			T answer = call.call();
			attempt.answered();
			return answer;
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			if (UndecidedException.root(ex) instanceof InterruptedException) {
				Thread.currentThread().interrupt();
				throw new UndecidedException("interrupted");
			}
			throw failed(attempt, ex);
		}
	}

	@Override
	protected UndecidedException failed(Attempt attempt, Throwable failure) {
		Throwable cause = UndecidedException.root(failure);
		String reason = reason(cause).lines().findFirst().orElse("no reason is known");
		Refusal refusal = Refusal.of(cause);
		if (refusal == null && this.rateOverrides.isAnswer(cause) && !isLate(cause)) {
			this.undecidedRequests.warn("something else may have changed the backend's tables", reason);
		}
		else if (attempt.failed(reason, (refusal != null) ? refusal.advice() : null, isLate(cause))
				|| Refusal.isLostConnection(cause)) {
			this.functions.forgetClock();
		}
		return new UndecidedException(reason);
	}

	@Override
	protected boolean isLate(Throwable cause) {
		return super.isLate(cause) || cause instanceof SocketTimeoutException || cause instanceof SQLTimeoutException
				|| cause instanceof SQLTransientConnectionException || Refusal.isTimeout(cause)
				|| Refusal.isLostConnection(cause);
	}

	@Override
	protected CompletionStage<?> probe(String server, long deadlineNanos, Executor blocking) {
		return ask(true, deadlineNanos, blocking);
	}

	@Override
	protected CompletionStage<?> ping(String server, long deadlineNanos, Executor blocking) {
		return ask(false, deadlineNanos, blocking);
	}

	private CompletionStage<?> ask(boolean record, long deadlineNanos, Executor blocking) {
		return CompletableFuture.runAsync(() -> {
			try {
				this.functions.probe(record, deadlineNanos);
			}
			catch (SQLException | TimeoutException ex) {
				throw new CompletionException(ex);
			}
		}, blocking);
	}

	@Override
	protected void onSchedule(Executor blocking) {
		if (isAvailable()) {
			this.sweeper.runOn(blocking);
		}
	}

	@Override
	public void warmUp(Duration atMost) {
		long end = System.nanoTime() + atMost.toNanos();
		CompletableFuture<?> done = new CompletableFuture<>();
		inBackground(() -> {
			try {
				for (int i = 0; i < WARM_UP_CALLS; i++) {
					this.functions.probe(true, end);
				}
				ready();
			}
			catch (SQLException | TimeoutException ex) {
				Throwable cause = UndecidedException.root(ex);
				Refusal refusal = Refusal.of(cause);
				unreachable(reason(cause), (refusal != null) ? refusal.advice() : null);
			}
			done.complete(null);
		});
		try {
			done.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			// the first request reports it, too
		}
	}

	@Override
	public RateOverrides rateOverrides() {
		return this.rateOverrides;
	}

	@Override
	protected void closeStore() {
		// the data source is the caller's
	}

	/**
	 * Builds a {@link JdbcCacheBackend}.
	 */
	public static final class Builder extends RemoteBackendBuilder<Builder> {

		final DataSource dataSource;

		String tablePrefix = JdbcSchema.DEFAULT_TABLE_PREFIX;

		@Nullable LongSupplier time;

		private Builder(DataSource dataSource, CacheBackend local) {
			super(local, "PostgreSQL", DEFAULT_TIMEOUT);
			this.dataSource = Objects.requireNonNull(dataSource, "'dataSource' must not be null");
		}

		/**
		 * Set the prefix of tables and functions.
		 * @param tablePrefix the prefix, as in {@link JdbcSchema}
		 * @return this builder
		 * @throws IllegalArgumentException if the prefix has other characters
		 */
		public Builder tablePrefix(String tablePrefix) {
			this.tablePrefix = JdbcSchema.checkedPrefix(tablePrefix);
			return this;
		}

		/**
		 * Set the time to use in place of the server's.
		 * @param time supplies microseconds since the epoch
		 * @return this builder
		 */
		Builder time(LongSupplier time) {
			this.time = time;
			return this;
		}

		@Override
		protected Builder self() {
			return this;
		}

		/**
		 * Return the backend, which does not connect before it is used.
		 * @return the backend
		 */
		public JdbcCacheBackend build() {
			JdbcCacheBackend backend = new JdbcCacheBackend(this, new JdbcKeys(this.tablePrefix, prefix(), idents()),
					prefix());
			backend.start();
			return backend;
		}

	}

}
