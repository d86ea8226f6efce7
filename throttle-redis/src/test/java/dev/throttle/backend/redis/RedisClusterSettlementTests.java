package dev.throttle.backend.redis;

import java.util.List;

/**
 * Settlements on one cluster.
 */
class RedisClusterSettlementTests extends RedisSettlementTests {

	@Override
	RedisConnector connector() {
		return RedisFixture.cluster().connector();
	}

	@Override
	List<String> servers() {
		return RedisFixture.cluster().nodes().stream().map(RedisProcess::uri).toList();
	}

}
