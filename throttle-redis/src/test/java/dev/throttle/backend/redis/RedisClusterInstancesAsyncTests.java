package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Several instances on one cluster, whose decisions no thread waits for.
 */
class RedisClusterInstancesAsyncTests extends RedisClusterInstancesTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
