package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * What happens to decisions that nobody waits for while the server is away.
 */
class RedisOutageAsyncTests extends RedisOutageTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
