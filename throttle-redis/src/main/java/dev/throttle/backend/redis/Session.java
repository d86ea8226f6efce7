package dev.throttle.backend.redis;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import org.jspecify.annotations.Nullable;

/**
 * An open connection, and what is known and on the way on it.
 */
final class Session {

	private static final int MAX_PROBES = 1000;

	private final RedisConnection connection;

	private final ServerClocks clocks;

	private final ScriptSender sender;

	private final @Nullable CallBatches batches;

	/**
	 * Create a session.
	 * @param share whether requests may share a call, as one script can span all keys
	 * @param time the time that the script is given, in microseconds since the epoch;
	 * null for the server's
	 */
	Session(RedisConnection connection, boolean share, DecideScript script, @Nullable LongSupplier time) {
		this.connection = connection;
		this.clocks = new ServerClocks(connection);
		this.sender = new ScriptSender(connection, this.clocks, script, time);
		this.batches = share ? new CallBatches(this.sender, System::nanoTime) : null;
	}

	RedisConnection connection() {
		return this.connection;
	}

	/**
	 * Send a request, in a call of its own or with others.
	 * @param deadlineNanos when it must have been answered, on the clock of
	 * {@link System#nanoTime()}; what is executed later records nothing
	 * @return the answer, or why there is none, to be {@linkplain #watch watched}
	 */
	CompletableFuture<ScriptAnswer> send(ScriptRequest request, long deadlineNanos) {
		return (this.batches != null && request.record()) ? this.batches.add(request, deadlineNanos)
				: sendAlone(request, deadlineNanos);
	}

	/**
	 * See to it that a request that was sent does not wait for others for long. May wait
	 * for its answer.
	 */
	void watch(CompletableFuture<ScriptAnswer> answer) {
		if (this.batches != null) {
			this.batches.watch(answer);
		}
	}

	/**
	 * Send a request in a call of its own, so that its own deadline is the call's.
	 * @param deadlineNanos when it must have been answered, on the clock of
	 * {@link System#nanoTime()}; what is executed later records nothing
	 */
	CompletableFuture<ScriptAnswer> sendAlone(ScriptRequest request, long deadlineNanos) {
		try {
			return this.sender.send(List.of(request), deadlineNanos).thenApply((answers) -> answers.get(0));
		}
		catch (RuntimeException | Error ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Delete a key.
	 * @param deadlineNanos when that must have been answered, on the clock of
	 * {@link System#nanoTime()}
	 */
	CompletableFuture<Long> delete(String key, long deadlineNanos) {
		return Retries.run(() -> this.connection.commands().del(key).toCompletableFuture(), this.connection.isCluster(),
				deadlineNanos);
	}

	/**
	 * Return which server of a cluster has a key.
	 * @return its host and port; an empty text where there is one server, or none for the
	 * key
	 */
	String node(String key) {
		return this.clocks.node(key);
	}

	/**
	 * Return a key that a server has.
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
	 * Return a key on each server that has keys.
	 */
	List<String> keyOnEachNode(RedisKeys keys) {
		Set<String> nodes = nodes();
		return nodes.isEmpty() ? List.of(keys.probe(0)) : nodes.stream().map((node) -> keyOn(node, keys)).toList();
	}

	/**
	 * Return the servers of a cluster that have keys.
	 */
	Set<String> nodes() {
		if (this.connection.connection() instanceof StatefulRedisClusterConnection<String, String> cluster) {
			return cluster.getPartitions()
				.stream()
				.filter((node) -> !node.hasNoSlots())
				.map(ServerClocks::name)
				.collect(Collectors.toSet());
		}
		return Set.of();
	}

	/**
	 * Return the clock of the server that has a key, after it was found able to count.
	 */
	CompletableFuture<ServerClock> clock(String key) {
		return this.clocks.clock(key);
	}

	/**
	 * Forget the clock of a server, which is asked again whether it can count.
	 */
	void forget(String node) {
		this.clocks.forget(node);
	}

}
