package dev.throttle.backend.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.containers.GenericContainer;

/**
 * The contract, held by Redis in Docker where that answers.
 */
class RedisImageContractTests extends AbstractRedisContractTests {

	private static GenericContainer<?> container;

	@Override
	RedisConnector connector() {
		container = RedisFixture.tryStart(RedisFixture.REDIS);
		Assumptions.assumeTrue(container != null, "Docker does not answer, or has no " + RedisFixture.REDIS);
		return RedisFixture.connector(RedisFixture.uri(container));
	}

	@AfterAll
	static void stop() {
		if (container != null) {
			container.close();
		}
	}

}
