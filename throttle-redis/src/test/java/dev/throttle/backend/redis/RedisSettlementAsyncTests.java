package dev.throttle.backend.redis;

/**
 * The same, if callers do not wait.
 */
class RedisSettlementAsyncTests extends RedisSettlementTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
