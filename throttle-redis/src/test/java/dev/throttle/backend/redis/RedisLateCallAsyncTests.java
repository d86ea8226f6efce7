package dev.throttle.backend.redis;

/**
 * Late calls, where no thread waits.
 */
class RedisLateCallAsyncTests extends RedisLateCallTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
