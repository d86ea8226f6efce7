package dev.throttle.backend.redis;

/**
 * Several instances whose decisions no thread waits for.
 */
class RedisInstancesAsyncTests extends RedisInstancesTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
