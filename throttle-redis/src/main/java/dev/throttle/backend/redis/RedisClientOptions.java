package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Options for Lettuce clients. Commands are not queued while disconnected and not sent
 * again after a reconnect, so that no request is recorded after it has been answered.
 *
 * @since 1.0.0
 */
public final class RedisClientOptions {

	/** The timeout for opening a connection, including the handshake. */
	static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(RedisClientOptions.class);

	private RedisClientOptions() {
	}

	/**
	 * Return the options for one server or for Sentinels.
	 * @return a builder, to which further options can be added
	 */
	public static ClientOptions.Builder standalone() {
		return configure(ClientOptions.builder());
	}

	/**
	 * Return the options for a cluster, whose topology is refreshed when it changes.
	 * @return a builder, to which further options can be added
	 */
	public static ClusterClientOptions.Builder cluster() {
		ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
		configure(builder);
		return builder.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
			.enableAllAdaptiveRefreshTriggers()
			.adaptiveRefreshTriggersTimeout(Duration.ofMillis(500))
			.enablePeriodicRefresh(Duration.ofSeconds(30))
			.build());
	}

	private static ClientOptions.Builder configure(ClientOptions.Builder builder) {
		return builder.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.replayFilter((command) -> true)
			.socketOptions(SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).tcpNoDelay(true).build());
	}

	/**
	 * Shut a client down, and wait for it for a limited time: it may hang while a
	 * connection is being opened.
	 */
	static void shutDown(AbstractRedisClient client) {
		try {
			client.shutdownAsync().get(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("The client was not shut down in time", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
