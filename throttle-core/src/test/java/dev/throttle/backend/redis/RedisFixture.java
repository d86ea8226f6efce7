package dev.throttle.backend.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;

/**
 * The Redis server that tests share: the one that the environment variable
 * {@code THROTTLE_TEST_REDIS} names, else a real server of the tests' own.
 */
final class RedisFixture {

	private static final String URI = start();

	private RedisFixture() {
	}

	private static String start() {
		String given = System.getenv("THROTTLE_TEST_REDIS");
		if (given != null && !given.isBlank()) {
			System.out.println("Redis of the tests: " + given + ", as THROTTLE_TEST_REDIS says");
			return given;
		}
		RedisProcess process = RedisProcess.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::close));
		System.out.println("Redis of the tests: the binary of embedded-redis at " + process.uri());
		return process.uri();
	}

	static String uri() {
		return URI;
	}

	static RedisConnector connector() {
		return connector(URI);
	}

	static RedisConnector connector(String uri) {
		RedisClient client = RedisClient.create();
		client.setOptions(RedisClientOptions.standalone().build());
		return RedisConnector.standalone(client, RedisURI.create(uri));
	}

}
