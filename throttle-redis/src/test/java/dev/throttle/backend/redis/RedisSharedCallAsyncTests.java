package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * Shared calls for whose answers no thread waits.
 */
class RedisSharedCallAsyncTests extends RedisSharedCallTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
