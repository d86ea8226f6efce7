package dev.throttle.redis;

import dev.throttle.backend.redis.RedisClientOptions;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.cluster.ClusterClientOptions;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

/**
 * Throttle's client options, combined with the application's options that are needed to
 * reach the server.
 */
final class ConnectionOptions {

	private ConnectionOptions() {
	}

	static ClientOptions standalone(LettuceClientConfiguration configuration) {
		ClientOptions.Builder builder = RedisClientOptions.standalone();
		configuration.getClientOptions().ifPresent((options) -> take(options, builder));
		return builder.build();
	}

	static ClusterClientOptions cluster(LettuceClientConfiguration configuration, RedisClusterConfiguration cluster) {
		ClusterClientOptions.Builder builder = RedisClientOptions.cluster();
		configuration.getClientOptions().ifPresent((options) -> {
			take(options, builder);
			if (options instanceof ClusterClientOptions clusterOptions) {
				builder.maxRedirects(clusterOptions.getMaxRedirects())
					.validateClusterNodeMembership(clusterOptions.isValidateClusterNodeMembership())
					.nodeFilter(clusterOptions.getNodeFilter());
			}
		});
		Integer maxRedirects = cluster.getMaxRedirects();
		if (maxRedirects != null) {
			builder.maxRedirects(maxRedirects);
		}
		return builder.build();
	}

	private static void take(ClientOptions options, ClientOptions.Builder builder) {
		builder.sslOptions(options.getSslOptions());
		builder.reauthenticateBehavior(options.getReauthenticateBehaviour());
		if (options.getConfiguredProtocolVersion() != null) {
			builder.protocolVersion(options.getConfiguredProtocolVersion());
		}
	}

}
