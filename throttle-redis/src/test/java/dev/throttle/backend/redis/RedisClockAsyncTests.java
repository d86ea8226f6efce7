package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Clocks that differ, where no thread waits for decisions.
 */
class RedisClockAsyncTests extends RedisClockTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
