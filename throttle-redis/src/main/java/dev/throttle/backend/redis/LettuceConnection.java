package dev.throttle.backend.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * An open connection.
 *
 * @param commands its commands
 * @param stateful the connection itself
 * @since 1.0.0
 */
public record LettuceConnection(RedisClusterAsyncCommands<String, String> commands,
		StatefulConnection<String, String> stateful) {

	boolean isCluster() {
		return this.stateful instanceof StatefulRedisClusterConnection;
	}

}
