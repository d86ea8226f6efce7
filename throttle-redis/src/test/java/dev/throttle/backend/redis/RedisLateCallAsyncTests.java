package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Late calls, where no thread waits.
 */
class RedisLateCallAsyncTests extends RedisLateCallTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
