package dev.throttle.backend.redis;

/**
 * What happens to decisions that nobody waits for while the server is away.
 */
class RedisOutageAsyncTests extends RedisOutageTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
