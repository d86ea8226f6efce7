package dev.throttle.backend.redis;

import java.util.concurrent.CompletableFuture;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;

/**
 * Opens connections for a {@link RedisCacheBackend}. The options of the client determine
 * what happens while it is disconnected: use those of {@link RedisClientOptions}.
 *
 * @since 1.0.0
 */
public interface RedisConnector extends AutoCloseable {

	/**
	 * Open a connection, without blocking the caller. This is called again when the last
	 * connection has failed. On a cluster and with Sentinel, the masters are looked up
	 * again each time.
	 * @return the connection; fails if it could not be opened
	 */
	CompletableFuture<LettuceConnection> connect();

	/**
	 * Return whether keys are in several slots, which one script cannot span.
	 * @return whether the server is a cluster
	 */
	boolean isCluster();

	/**
	 * Close the connection and the client.
	 */
	@Override
	void close();

	/**
	 * Return a connector to one server, or to the master that Sentinel reports.
	 * @param client the client
	 * @param uri the server or the Sentinels
	 * @return the connector
	 */
	static RedisConnector standalone(RedisClient client, RedisURI uri) {
		RedisURI withTimeout = uri.getSentinels().isEmpty()
				? RedisURI.builder(uri).withTimeout(RedisClientOptions.CONNECT_TIMEOUT).build() : uri;
		return new RedisConnector() {

			@Override
			public CompletableFuture<LettuceConnection> connect() {
				return client.connectAsync(StringCodec.UTF8, withTimeout)
					.toCompletableFuture()
					.thenApply((connection) -> new LettuceConnection(connection.async(), connection));
			}

			@Override
			public boolean isCluster() {
				return false;
			}

			@Override
			public void close() {
				RedisClientOptions.shutDown(client);
			}

		};
	}

	/**
	 * Return a connector to a cluster.
	 * @param client the client
	 * @return the connector
	 */
	static RedisConnector cluster(RedisClusterClient client) {
		return new RedisConnector() {

			@Override
			public CompletableFuture<LettuceConnection> connect() {
				return client.refreshPartitionsAsync()
					.thenCompose((refreshed) -> client.connectAsync(StringCodec.UTF8))
					.toCompletableFuture()
					.thenApply((connection) -> new LettuceConnection(connection.async(), connection));
			}

			@Override
			public boolean isCluster() {
				return true;
			}

			@Override
			public void close() {
				RedisClientOptions.shutDown(client);
			}

		};
	}

}
