package dev.throttle.backend.redis;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
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

	private final ScriptSender asyncSender;

	/**
	 * Create a session.
	 * @param share whether requests may share a call, as one script can span all keys
	 * @param time the time that the script is given, in microseconds since the epoch;
	 * null for the server's
	 */
	Session(RedisConnection connection, boolean share, @Nullable LongSupplier time) {
		this.connection = connection;
		this.clocks = new ServerClocks(connection);
		DecideScript script = new DecideScript(connection, this.clocks, time);
		if (share) {
			BatchingSender batching = new BatchingSender(script, System::nanoTime);
			this.sender = batching;
			this.asyncSender = batching.withTimer(connection.connection().getResources().eventExecutorGroup());
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
	 * Return which server has a key.
	 * @return its host and port; an empty text where there is one server, none for the
	 * key, or no connection
	 */
	static String node(CompletableFuture<Session> session, String key) {
		return isOpen(session) ? session.join().node(key) : "";
	}

	RedisConnection connection() {
		return this.connection;
	}

	/**
	 * Return the sender of requests for whose answers a thread waits.
	 */
	ScriptSender sender() {
		return this.sender;
	}

	/**
	 * Return the sender of requests for whose answers no thread waits.
	 */
	ScriptSender asyncSender() {
		return this.asyncSender;
	}

	/**
	 * Delete a key.
	 * @param deadlineNanos when that must have been answered, on the clock of
	 * {@link System#nanoTime()}
	 */
	CompletableFuture<Long> delete(String key, long deadlineNanos) {
		Supplier<CompletableFuture<Long>> command = () -> this.connection.commands().del(key).toCompletableFuture();
		long sent = System.nanoTime();
		return Retries.whilePassing(command.get(), sent, command, this.connection.isCluster(), deadlineNanos);
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
	 * Ask a server for any answer, be it an error.
	 */
	CompletableFuture<?> ping(String node, RedisKeys keys) {
		return this.connection.commands()
			.strlen(keyOn(node, keys))
			.toCompletableFuture()
			.exceptionallyCompose((failure) -> (Retries.error(failure) != null) ? CompletableFuture.completedFuture(0L)
					: CompletableFuture.failedFuture(failure));
	}

	/**
	 * Return the clock of the server that has a key, after it was found able to count.
	 */
	CompletableFuture<ServerClocks.Clock> clock(String key) {
		return this.clocks.clock(key);
	}

	/**
	 * Forget the clock of a server, which is asked again whether it can count.
	 */
	void forget(String node) {
		this.clocks.forget(node);
	}

}
