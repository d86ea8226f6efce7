package dev.throttle.backend.redis;

import dev.throttle.test.store.Driver;

/**
 * The contract, held by the stages of decisions.
 */
class RedisCacheBackendContractAsyncTests extends RedisCacheBackendContractTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
