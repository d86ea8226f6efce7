package dev.throttle.backend.redis;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.ServerClock;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import org.jspecify.annotations.Nullable;

/**
 * An open connection, with its senders and the clocks of its servers.
 */
final class Session {

	private static final int MAX_PROBES = 1000;

	private static final List<QuotaGroup> PROBED = List
		.of(new QuotaGroup(List.of(new Quota(Client.of("probe", ""), Policy.of("probe", Rate.parse("1/s"))))));

	private final LettuceConnection connection;

	private final ServerClocks clocks;

	private final ScriptSender sender;

	private final ScriptSender asyncSender;

	private final @Nullable LongSupplier time;

	/**
	 * Create a session.
	 * @param share whether requests may share a call, because one script can span all
	 * keys
	 * @param time the time for the script to use, in microseconds since the epoch; null
	 * to use the server's
	 */
	Session(LettuceConnection connection, boolean share, @Nullable LongSupplier time) {
		this.connection = connection;
		this.time = time;
		this.clocks = new ServerClocks(connection);
		DecideScript script = new DecideScript(connection, this.clocks, time);
		if (share) {
			BatchingSender batching = new BatchingSender(script, System::nanoTime);
			this.sender = batching;
			this.asyncSender = batching.withTimer(connection.stateful().getResources().eventExecutorGroup());
		}
		else {
			this.sender = script;
			this.asyncSender = script;
		}
	}

	static boolean isOpen(CompletableFuture<Session> session) {
		return session.isDone() && !session.isCompletedExceptionally();
	}

	/**
	 * Return the cluster node of a key.
	 * @return its host and port; empty if there is only one server, no node for the key,
	 * or no connection
	 */
	static String node(CompletableFuture<Session> session, String key) {
		return isOpen(session) ? session.join().node(key) : "";
	}

	LettuceConnection connection() {
		return this.connection;
	}

	/**
	 * Return the sender for callers that wait for the answer.
	 */
	ScriptSender sender() {
		return this.sender;
	}

	/**
	 * Return the sender for callers that do not wait for the answer.
	 */
	ScriptSender asyncSender() {
		return this.asyncSender;
	}

	/**
	 * Give permits back in histories of one slot.
	 * @param settlements the settlements, all of which give permits back
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}
	 * @return what became of each settlement
	 */
	CompletableFuture<List<Settlement.Result>> settle(List<Settlement> settlements, RedisKeys keys,
			long deadlineNanos) {
		return retried(() -> SettleScript.run(this.connection.commands(), settlements, keys,
				(this.time != null) ? this.time.getAsLong() : ScriptCall.SERVER_TIME), deadlineNanos);
	}

	/**
	 * Delete keys of one slot.
	 * @param deadlineNanos the deadline on the clock of {@link System#nanoTime()}
	 */
	CompletableFuture<Long> delete(long deadlineNanos, String... keys) {
		return retried(() -> this.connection.commands().del(keys).toCompletableFuture(), deadlineNanos);
	}

	private <T> CompletableFuture<T> retried(Supplier<CompletableFuture<T>> command, long deadlineNanos) {
		long sent = System.nanoTime();
		return Retries.whileTemporary(command.get(), sent, command, this.connection.isCluster(), deadlineNanos);
	}

	/**
	 * Return the cluster node of a key.
	 * @return its host and port; empty if there is only one server, or no node for the
	 * key
	 */
	String node(String key) {
		return this.clocks.node(key);
	}

	/**
	 * Return a key that belongs to a server.
	 */
	String keyOn(String node, RedisKeys keys) {
		for (int i = 0; i < MAX_PROBES; i++) {
			String key = keys.probe(i);
			if (node.isEmpty() || node(key).equals(node)) {
				return key;
			}
		}
		return keys.probe(0);
	}

	/**
	 * Return a key for each server that has slots.
	 */
	List<String> keyOnEachNode(RedisKeys keys) {
		Set<String> nodes = nodes();
		return nodes.isEmpty() ? List.of(keys.probe(0)) : nodes.stream().map((node) -> keyOn(node, keys)).toList();
	}

	/**
	 * Return the cluster nodes that have slots.
	 */
	Set<String> nodes() {
		if (this.connection.stateful() instanceof StatefulRedisClusterConnection<String, String> cluster) {
			return cluster.getPartitions()
				.stream()
				.filter((node) -> !node.hasNoSlots())
				.map(ServerClocks::name)
				.collect(Collectors.toSet());
		}
		return Set.of();
	}

	/**
	 * Ask a server for a decision, as for a request, but record nothing.
	 */
	CompletableFuture<?> probe(String node, RedisKeys keys, long deadlineNanos) {
		Request request = Request.of(PROBED, Recording.NONE, (quota) -> keyOn(node, keys));
		return this.asyncSender.send(request, deadlineNanos)
			.thenCompose((answer) -> (answer.outcomes() != null) ? CompletableFuture.completedFuture(answer)
					: CompletableFuture.failedFuture(answer.failure()));
	}

	/**
	 * Ask a server for any answer, even an error.
	 */
	CompletableFuture<?> ping(String node, RedisKeys keys) {
		return this.connection.commands()
			.strlen(keyOn(node, keys))
			.toCompletableFuture()
			.exceptionallyCompose((failure) -> (Retries.error(failure) != null) ? CompletableFuture.completedFuture(0L)
					: CompletableFuture.failedFuture(failure));
	}

	/**
	 * Return the clock of a key's server, after checking that the server can count.
	 */
	CompletableFuture<ServerClock> clock(String key) {
		return this.clocks.clock(key);
	}

	/**
	 * Forget the clock of a server, so that the server is checked again.
	 */
	void forget(String node) {
		this.clocks.forget(node);
	}

}
