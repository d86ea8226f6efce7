package dev.throttle.backend.redis;

/**
 * The contract, held by the stages of decisions.
 */
class RedisCacheBackendContractAsyncTests extends RedisCacheBackendContractTests {

	@Override
	Driver driver() {
		return Driver.ASYNC;
	}

}
