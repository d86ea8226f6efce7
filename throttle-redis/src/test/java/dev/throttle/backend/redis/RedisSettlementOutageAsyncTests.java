package dev.throttle.backend.redis;

/**
 * The same, if callers do not wait.
 */
class RedisSettlementOutageAsyncTests extends RedisSettlementOutageTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
