package dev.throttle.backend.redis;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * The backend's connection: opened without waiting for it, opened anew when it is given
 * up.
 */
final class RedisLink implements AutoCloseable {

	private final RedisConnector connector;

	private @Nullable CompletableFuture<RedisConnection> connection;

	RedisLink(RedisConnector connector) {
		this.connector = connector;
		this.connection = connector.connect();
	}

	/**
	 * Return the connection, which may still be opening.
	 */
	synchronized CompletableFuture<RedisConnection> connection() {
		CompletableFuture<RedisConnection> present = this.connection;
		if (present == null || present.isCompletedExceptionally()) {
			present = this.connector.connect();
			this.connection = present;
		}
		return present;
	}

	/**
	 * Close the connection, so that the next one may find another server.
	 */
	synchronized void giveUp() {
		CompletableFuture<RedisConnection> present = this.connection;
		if (present != null) {
			var unused = present.thenCompose((opened) -> opened.connection().closeAsync());
			this.connection = null;
		}
	}

	@Override
	public synchronized void close() {
		giveUp();
		this.connector.close();
	}

}
