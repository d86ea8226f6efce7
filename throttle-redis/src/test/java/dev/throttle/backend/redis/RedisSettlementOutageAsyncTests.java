package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * The same, if callers do not wait.
 */
class RedisSettlementOutageAsyncTests extends RedisSettlementOutageTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
