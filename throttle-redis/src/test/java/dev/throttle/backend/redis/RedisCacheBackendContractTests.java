package dev.throttle.backend.redis;

/**
 * The contract, held by one server.
 */
class RedisCacheBackendContractTests extends AbstractRedisContractTests {

	@Override
	RedisConnector connector() {
		return RedisFixture.connector();
	}

}
