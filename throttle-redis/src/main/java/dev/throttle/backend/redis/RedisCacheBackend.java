package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.Attempt;
import dev.throttle.backend.remote.RemoteBackendBuilder;
import dev.throttle.backend.remote.RemoteCacheBackend;
import dev.throttle.backend.remote.UndecidedException;
import dev.throttle.backend.remote.UndecidedRequestLog;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps histories in Redis, exact to the microsecond by the server's clock. All quotas of
 * a request take one round trip; a request that is known to be denied takes none. While
 * Redis does not answer in time, requests are answered as configured.
 * <p>
 * On a single server, a request is sent at once unless four calls are in flight. Requests
 * that come meanwhile share the next call, which is sent at most half a millisecond after
 * the last one. They are decided one after the other, at the same instant, as if each had
 * been sent alone.
 * <p>
 * If the server's clock is set back, or a replica with a clock that is behind takes over,
 * nothing is forgotten, and a denial lasts at most one period from then on. If the clock
 * is set forward, requests that are a period old by the new time are forgotten, so that a
 * client may use its limit once more. A denial by a rate of the calendar lasts until the
 * next boundary.
 * <p>
 * Each rate of the calendar is one number under a key of its own. The boundaries come
 * with the request, and the server's clock decides between which of them it is. If they
 * do not fit, because that clock was set, the request is sent once more.
 * <p>
 * On a cluster, the histories of one client are in one slot. If the quotas of a request
 * belong to several clients, the backend peeks at all of them before it records the
 * first, in two round trips. If another request takes permits in between, nothing is
 * rolled back: the request may be denied and still be recorded for those of its clients
 * that had room. No client gets more than its limit.
 * <p>
 * What a request gives back is settled in one call, and what it has taken more in another
 * one; on a cluster, each client has calls of its own. A reservation is found by its time
 * on the server's clock. If that clock is set back in between, it is not found: it
 * stands, and its settlement is reported as gone. So is that of a reservation of the
 * calendar in another window. A settlement that is not answered within the timeout is
 * reported as lost, though the server may make it later.
 *
 * @since 1.0.0
 */
public final class RedisCacheBackend extends RemoteCacheBackend {

	/**
	 * The default timeout of a decision.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(100);

	private final RedisKeys keys;

	private final CurrentSession session;

	private final boolean cluster;

	private final UndecidedRequestLog undecidedRequests = new UndecidedRequestLog("Redis");

	private final RedisRateOverrides rateOverrides;

	private final WarmUp warmUp;

	private final MemoryWatch memoryWatch;

	private RedisCacheBackend(Builder builder, RedisKeys keys, String prefix, Duration timeout) {
		super(builder);
		DecideScript.load();
		SettleScript.load();
		this.cluster = builder.connector.isCluster();
		this.keys = keys;
		this.session = new CurrentSession(builder.connector,
				(connection) -> new Session(connection, !this.cluster, builder.time));
		this.rateOverrides = new RedisRateOverrides(this, this.session, prefix, builder.time);
		this.warmUp = new WarmUp(this, this.keys, timeout);
		this.memoryWatch = new MemoryWatch(this.session, this.keys, toString(), System::nanoTime);
	}

	/**
	 * Return a builder.
	 * @param connector opens the connection, and is closed with the backend
	 * @param local the backend that counts while Redis is unavailable, and is closed with
	 * the new backend
	 * @return the builder
	 */
	public static Builder builder(RedisConnector connector, CacheBackend local) {
		return new Builder(connector, local);
	}

	@Override
	protected List<Outcome> ask(List<QuotaGroup> groups, boolean record, long deadlineNanos) {
		if (!isCrossSlot(groups)) {
			return exchange(List.of(Request.of(groups, record, this.keys)), deadlineNanos).run().get(0);
		}
		try {
			return askCrossSlot(groups, record, deadlineNanos).get();
		}
		catch (ExecutionException ex) {
			throw (UndecidedException.root(ex) instanceof UndecidedException undecided) ? undecided
					: new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			throw interrupted();
		}
	}

	@Override
	protected CompletableFuture<List<Outcome>> askAsync(List<QuotaGroup> groups, boolean record, long deadlineNanos,
			Executor workers) {
		return isCrossSlot(groups) ? askCrossSlot(groups, record, deadlineNanos)
				: exchange(List.of(Request.of(groups, record, this.keys)), deadlineNanos).runAsync().get(0);
	}

	private boolean isCrossSlot(List<QuotaGroup> groups) {
		return this.cluster && CrossSlotDecisions.isNeeded(groups);
	}

	private CompletableFuture<List<Outcome>> askCrossSlot(List<QuotaGroup> groups, boolean record, long deadlineNanos) {
		CrossSlotDecisions decisions = new CrossSlotDecisions(this.keys,
				(requests) -> exchange(requests, deadlineNanos).runAsync());
		return record ? decisions.decide(groups) : decisions.peek(groups.get(0));
	}

	/**
	 * Prepare to send requests in parallel.
	 * @throws UndecidedException if one of their servers is known to be unavailable
	 */
	Exchange exchange(List<Request> requests, long deadlineNanos) {
		return new Exchange(this, this.session.get(), requests, deadlineNanos, this::attempt);
	}

	@Override
	protected CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements, long deadlineNanos,
			Executor workers) {
		return new RedisSettlements(this, this.session.get(), this.keys, deadlineNanos, this::attempt)
			.settle(settlements, this.cluster);
	}

	@Override
	protected void forget(Client client, Scope scope, long deadlineNanos) {
		delete(deadlineNanos,
				Policy.historyKeys(scope).stream().map((key) -> this.keys.key(client, key)).toArray(String[]::new));
	}

	/**
	 * Delete keys of one slot.
	 * @throws UndecidedException if that is not answered in time
	 */
	void delete(long deadlineNanos, String... keys) {
		CompletableFuture<Session> session = this.session.get();
		Attempt attempt = attempt(Session.node(session, keys[0]));
		await(session.thenCompose((open) -> open.delete(deadlineNanos, keys)), attempt, deadlineNanos);
		attempt.answered();
	}

	/**
	 * Wait for an answer.
	 * @throws UndecidedException if it does not come in time
	 */
	<T> T await(CompletableFuture<T> answer, Attempt attempt, long deadlineNanos) {
		try {
			return answer.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw failed(attempt, ex);
		}
		catch (ExecutionException ex) {
			throw failed(attempt, ex);
		}
		catch (InterruptedException ex) {
			throw interrupted();
		}
	}

	private static UndecidedException interrupted() {
		Thread.currentThread().interrupt();
		return new UndecidedException("interrupted");
	}

	@Override
	protected UndecidedException failed(Attempt attempt, Throwable failure) {
		Throwable cause = UndecidedException.root(failure);
		String reason = reason(cause);
		Refusal refusal = Refusal.of(reason);
		boolean answered = cause instanceof RedisCommandExecutionException;
		if (answered && refusal == null) {
			this.undecidedRequests.warn(causeOfKeyError(reason), reason);
		}
		else if (attempt.failed(reason, advice(refusal), isLate(cause))) {
			var unused = this.session.get().thenAccept((open) -> open.forget(attempt.server()));
			if (!answered || refusal == Refusal.READ_ONLY) {
				renew();
			}
		}
		return new UndecidedException(reason);
	}

	private static String causeOfKeyError(String reason) {
		if (reason.startsWith("TRYAGAIN ")) {
			return "the slot of its keys is moving to another node of the cluster";
		}
		if (reason.startsWith("MOVED ") || reason.startsWith("ASK ")) {
			return "the slot of its keys is on another node of the cluster; to follow slots, set "
					+ "spring.data.redis.cluster.nodes";
		}
		return "something else may have written to a key under the backend's prefix";
	}

	private static @Nullable String advice(@Nullable Refusal refusal) {
		return (refusal != null) ? refusal.advice() : null;
	}

	/**
	 * Replace a failed connection.
	 */
	void renew() {
		inBackground(() -> this.session.renew((opened) -> reconnected(opened.nodes()), this::couldNotConnect));
	}

	private void couldNotConnect(Throwable failure) {
		String reason = reason(UndecidedException.root(failure));
		Refusal refusal = Refusal.of(reason);
		if (refusal != null) {
			unreachable(reason, refusal.advice());
		}
	}

	/**
	 * Wait for the connection before the first request. If it does not open, the server
	 * is recorded as unavailable.
	 * @param deadlineNanos the deadline
	 * @return the connection, null if it is not open
	 */
	@Nullable Session open(long deadlineNanos) {
		try {
			Session open = this.session.get().get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
			ready();
			return open;
		}
		catch (ExecutionException ex) {
			String reason = reason(UndecidedException.root(ex));
			unreachable(reason, advice(Refusal.of(reason)));
			renew();
		}
		catch (TimeoutException ex) {
			unreachable("the connection did not open in time", null);
			renew();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return null;
	}

	@Override
	protected Collection<String> servers() {
		CompletableFuture<Session> session = this.session.get();
		Collection<String> nodes = Session.isOpen(session) ? session.join().nodes() : List.of();
		return nodes.isEmpty() ? super.servers() : nodes;
	}

	@Override
	protected CompletionStage<?> probe(String server, long deadlineNanos, Executor blocking) {
		return this.session.get().thenCompose((open) -> open.probe(server, this.keys, deadlineNanos));
	}

	@Override
	protected CompletionStage<?> ping(String server, long deadlineNanos, Executor blocking) {
		return this.session.get().thenCompose((open) -> open.ping(server, this.keys));
	}

	@Override
	protected void onSchedule(Executor blocking) {
		this.memoryWatch.check();
	}

	@Override
	public void warmUp(Duration atMost) {
		this.warmUp.run(atMost);
	}

	@Override
	public RateOverrides rateOverrides() {
		return this.rateOverrides;
	}

	@Override
	protected void closeStore() {
		this.session.close();
	}

	/**
	 * Builds a {@link RedisCacheBackend}.
	 */
	public static final class Builder extends RemoteBackendBuilder<Builder> {

		private final RedisConnector connector;

		private @Nullable LongSupplier time;

		private Builder(RedisConnector connector, CacheBackend local) {
			super(local, connector.isCluster() ? "Redis (cluster)" : "Redis", DEFAULT_TIMEOUT);
			this.connector = connector;
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
		 * Return the backend, which opens its connection in the background.
		 * @return the backend
		 */
		public RedisCacheBackend build() {
			RedisCacheBackend backend = new RedisCacheBackend(this, new RedisKeys(prefix(), idents()), prefix(),
					timeout());
			backend.start();
			return backend;
		}

	}

}
