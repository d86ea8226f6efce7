package dev.throttle.backend.redis;

import java.util.List;

/**
 * Several {@link RedisCacheBackend}s on one cluster.
 */
class RedisClusterInstancesTests extends RedisInstancesTests {

	@Override
	RedisConnector connector() {
		return RedisFixture.cluster().connector();
	}

	@Override
	List<String> servers() {
		return RedisFixture.cluster().nodes().stream().map(RedisProcess::uri).toList();
	}

}
