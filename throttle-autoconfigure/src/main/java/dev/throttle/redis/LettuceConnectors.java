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
 * Makes connectors to the Redis that a {@link LettuceConnectionFactory} is configured
 * for. Each opens a connection of its own, with options that a throttle wants, on the
 * application's {@code ClientResources} where the factory has them. A static master with
 * replicas is not supported, as the factory does not tell its nodes.
 *
 * @since 1.0.0
 */
public final class LettuceConnectors {

	private LettuceConnectors() {
	}

	/**
	 * Return a connector to the same server, Sentinels or cluster, with the same
	 * database, credentials and TLS. The factory's timeouts are not taken over.
	 * @param factory the factory, which need not have a connection
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
	 * Return what a connector leads to, for a reader: {@code Redis (127.0.0.1:6379)},
	 * {@code Redis (cluster)}. No credentials are in it.
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
