package dev.throttle.backend.redis;

/**
 * The contract, held by a cluster.
 */
class RedisClusterContractTests extends AbstractRedisContractTests {

	@Override
	RedisConnector connector() {
		return RedisFixture.cluster().connector();
	}

	@Override
	protected boolean isAtomicAcrossClients() {
		return false;
	}

}
