package dev.throttle.backend.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * An open connection.
 *
 * @param commands its commands
 * @param connection the connection
 * @since 1.0.0
 */
public record RedisConnection(RedisClusterAsyncCommands<String, String> commands,
		StatefulConnection<String, String> connection) {

	boolean isCluster() {
		return this.connection instanceof StatefulRedisClusterConnection;
	}

}
