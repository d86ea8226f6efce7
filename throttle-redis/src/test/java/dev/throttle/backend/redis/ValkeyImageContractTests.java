package dev.throttle.backend.redis;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.containers.GenericContainer;

/**
 * The contract, held by Valkey in Docker where that answers.
 */
class ValkeyImageContractTests extends AbstractRedisContractTests {

	private static GenericContainer<?> container;

	@Override
	RedisConnector connector() {
		container = RedisContainers.tryStart(RedisContainers.VALKEY);
		Assumptions.assumeTrue(container != null, "Docker does not answer, or has no " + RedisContainers.VALKEY);
		return RedisFixture.connector(RedisContainers.uri(container));
	}

	@AfterAll
	static void stop() {
		if (container != null) {
			container.close();
		}
	}

}
