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
		container = RedisFixture.tryStart(RedisFixture.VALKEY);
		Assumptions.assumeTrue(container != null, "Docker does not answer, or has no " + RedisFixture.VALKEY);
		return RedisFixture.connector(RedisFixture.uri(container));
	}

	@AfterAll
	static void stop() {
		if (container != null) {
			container.close();
		}
	}

}
