package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * The contract, held by the stages of decisions on a cluster.
 */
class RedisClusterContractAsyncTests extends RedisClusterContractTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
