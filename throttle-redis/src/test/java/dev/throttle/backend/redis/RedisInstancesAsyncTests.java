package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Several instances whose decisions no thread waits for.
 */
class RedisInstancesAsyncTests extends RedisInstancesTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
