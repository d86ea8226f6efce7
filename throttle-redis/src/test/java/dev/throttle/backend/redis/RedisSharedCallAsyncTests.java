package dev.throttle.backend.redis;

/**
 * Shared calls for whose answers no thread waits.
 */
class RedisSharedCallAsyncTests extends RedisSharedCallTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
