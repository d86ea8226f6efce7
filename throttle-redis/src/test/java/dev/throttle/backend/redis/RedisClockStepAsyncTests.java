package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Clocks that are set, where no thread waits for decisions.
 */
class RedisClockStepAsyncTests extends RedisClockStepTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
