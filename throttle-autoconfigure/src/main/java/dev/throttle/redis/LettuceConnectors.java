package dev.throttle.redis;

import java.util.List;

import dev.throttle.backend.redis.RedisConnector;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisSocketConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Creates connectors to the Redis of a {@link LettuceConnectionFactory}. Each opens its
 * own connection, with Throttle's client options, and uses the factory's
 * {@code ClientResources} if it has any. A static master with replicas is not supported,
 * because the factory does not expose its nodes.
 *
 * @since 1.0.0
 */
public final class LettuceConnectors {

	private LettuceConnectors() {
	}

	/**
	 * Return a connector to the same server, Sentinels or cluster, with the same
	 * database, credentials and TLS. The factory's timeouts are not used.
	 * @param factory the factory, which need not be connected
	 * @return the connector, to be closed before the factory's {@code ClientResources}
	 */
	public static RedisConnector connector(LettuceConnectionFactory factory) {
		LettuceClientConfiguration configuration = factory.getClientConfiguration();
		RedisClusterConfiguration cluster = factory.getClusterConfiguration();
		if (cluster != null) {
			List<RedisURI> nodes = RedisUris.ofCluster(factory);
			RedisClusterClient client = configuration.getClientResources()
				.map((resources) -> RedisClusterClient.create(resources, nodes))
				.orElseGet(() -> RedisClusterClient.create(nodes));
			client.setOptions(ConnectionOptions.cluster(configuration, cluster));
			return RedisConnector.cluster(client);
		}
		RedisClient client = configuration.getClientResources().map(RedisClient::create).orElseGet(RedisClient::create);
		client.setOptions(ConnectionOptions.standalone(configuration));
		return RedisConnector.standalone(client, RedisUris.of(factory));
	}

	/**
	 * Return a description of the server, such as {@code Redis (127.0.0.1:6379)} or
	 * {@code Redis (cluster)}, without credentials.
	 * @param factory the factory
	 * @return the description
	 */
	public static String describe(LettuceConnectionFactory factory) {
		if (factory.getClusterConfiguration() != null) {
			return "Redis (cluster)";
		}
		RedisSocketConfiguration socket = factory.getSocketConfiguration();
		if (factory.getSentinelConfiguration() != null) {
			return "Redis (Sentinel)";
		}
		return "Redis (" + ((socket != null) ? socket.getSocket() : factory.getHostName() + ":" + factory.getPort())
				+ ")";
	}

}
