package dev.throttle.backend.redis;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.backend.remote.ServerClock;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;

/**
 * The clocks of the servers behind a connection. A clock is known once its server has
 * been checked to be able to count, until the server fails or disconnects.
 */
final class ServerClocks {

	/** Writes nothing, but fails if a write would fail. */
	private static final String CHECK = "redis.call('SETRANGE', KEYS[1], 0, '') return redis.call('TIME')";

	private final Map<String, ServerClock> clocks = new ConcurrentHashMap<>();

	private final Set<StatefulConnection<String, String>> watched = ConcurrentHashMap.newKeySet();

	private final LettuceConnection connection;

	ServerClocks(LettuceConnection connection) {
		this.connection = connection;
	}

	/**
	 * Return the cluster node of a key.
	 * @return its host and port; empty if there is only one server, or no node for the
	 * key
	 */
	String node(String key) {
		if (this.connection.stateful() instanceof StatefulRedisClusterConnection<String, String> cluster) {
			RedisClusterNode node = cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
			return (node != null) ? name(node) : "";
		}
		return "";
	}

	static String name(RedisClusterNode node) {
		return node.getUri().getHost() + ":" + node.getUri().getPort();
	}

	/**
	 * Return the clock of a key's server, after checking that the server can count.
	 */
	CompletableFuture<ServerClock> clock(String key) {
		String node = node(key);
		ServerClock known = this.clocks.get(node);
		return (known != null) ? CompletableFuture.completedFuture(known)
				: server(node).thenCompose((server) -> check(node, server, key));
	}

	private CompletableFuture<? extends StatefulConnection<String, String>> server(String node) {
		if (!node.isEmpty()
				&& this.connection.stateful() instanceof StatefulRedisClusterConnection<String, String> cluster) {
			int colon = node.lastIndexOf(':');
			return cluster.getConnectionAsync(node.substring(0, colon), Integer.parseInt(node.substring(colon + 1)));
		}
		return CompletableFuture.completedFuture(this.connection.stateful());
	}

	private CompletableFuture<ServerClock> check(String node, StatefulConnection<String, String> server, String key) {
		return this.connection.commands()
			.<List<Object>>eval(CHECK, ScriptOutputType.MULTI, key + ":check")
			.toCompletableFuture()
			.thenApply((time) -> {
				long micros = Long.parseLong(time.get(0).toString()) * 1_000_000
						+ Long.parseLong(time.get(1).toString());
				ServerClock clock = new ServerClock(micros, System.nanoTime());
				this.clocks.put(node, clock);
				if (this.watched.add(server)) {
					server.addListener(new Disconnection(node, server));
				}
				return clock;
			});
	}

	/**
	 * Forget the clock of a server, so that the server is checked again.
	 */
	void forget(String node) {
		this.clocks.remove(node);
	}

	/**
	 * Forgets the clock of a server that disconnects, because another server may take its
	 * place.
	 */
	private final class Disconnection implements RedisConnectionStateListener {

		private final String node;

		private final StatefulConnection<String, String> server;

		Disconnection(String node, StatefulConnection<String, String> server) {
			this.node = node;
			this.server = server;
		}

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
			forget(this.node);
			this.server.removeListener(this);
			watched.remove(this.server);
		}

	}

}
