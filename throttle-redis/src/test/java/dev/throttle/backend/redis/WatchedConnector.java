package dev.throttle.backend.redis;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * Opens connections that tell when a script is sent.
 */
final class WatchedConnector implements RedisConnector {

	private final RedisConnector connector;

	private final Runnable watch;

	/**
	 * Create a connector.
	 * @param watch is run by the thread that sends a script
	 */
	WatchedConnector(RedisConnector connector, Runnable watch) {
		this.connector = connector;
		this.watch = watch;
	}

	@Override
	public CompletableFuture<LettuceConnection> connect() {
		return this.connector.connect().thenApply(this::watched);
	}

	private LettuceConnection watched(LettuceConnection connection) {
		@SuppressWarnings("unchecked")
		RedisClusterAsyncCommands<String, String> commands = (RedisClusterAsyncCommands<String, String>) Proxy
			.newProxyInstance(WatchedConnector.class.getClassLoader(),
					new Class<?>[] { RedisClusterAsyncCommands.class }, (proxy, method, arguments) -> {
						if (method.getName().equals("dispatch")) {
							this.watch.run();
						}
						try {
							return method.invoke(connection.commands(), arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		return new LettuceConnection(commands, connection.stateful());
	}

	@Override
	public boolean isCluster() {
		return this.connector.isCluster();
	}

	@Override
	public void close() {
		this.connector.close();
	}

}
