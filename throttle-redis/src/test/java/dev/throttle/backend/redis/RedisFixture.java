package dev.throttle.backend.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;

import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Containers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The Redis servers that tests share. The one is, in this order, the one that the
 * environment variable {@code THROTTLE_TEST_REDIS} names, one in Docker, or a process.
 */
final class RedisFixture {

	static final String REDIS = "redis:7-alpine";

	static final String VALKEY = "valkey/valkey:8-alpine";

	private static final int PORT = 6379;

	private static final String URI = RedisProcess.isTooOld() && isNotGiven() && !Containers.answer() ? null : start();

	private static RedisCluster cluster;

	private RedisFixture() {
	}

	private static boolean isNotGiven() {
		String given = System.getenv("THROTTLE_TEST_REDIS");
		return given == null || given.isBlank();
	}

	private static String start() {
		if (!isNotGiven()) {
			return announce(System.getenv("THROTTLE_TEST_REDIS"), "as THROTTLE_TEST_REDIS says");
		}
		GenericContainer<?> container = tryStart(REDIS);
		if (container != null) {
			return announce(uri(container), "in Docker, image " + REDIS);
		}
		RedisProcess process = RedisProcess.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::close));
		return announce(process.uri(), RedisProcess.origin());
	}

	/**
	 * Start a server in Docker.
	 * @return the container, or null where Docker or the image is not to be had
	 */
	static GenericContainer<?> tryStart(String image) {
		if (!Containers.answer()) {
			return null;
		}
		GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image)).withExposedPorts(PORT);
		return Containers.tryStart(container) ? container : null;
	}

	static String uri(GenericContainer<?> container) {
		return "redis://" + container.getHost() + ":" + container.getMappedPort(PORT);
	}

	private static String announce(String uri, String origin) {
		RedisClient client = RedisClient.create(uri);
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			String version = connection.sync()
				.info("server")
				.lines()
				.filter((line) -> line.matches("(redis|valkey)_version:.*"))
				.reduce((first, second) -> second)
				.orElse("of unknown version");
			System.out.println("Redis of the tests: " + uri + ", " + version.replace(':', ' ') + ", " + origin);
		}
		finally {
			client.shutdown();
		}
		return uri;
	}

	/**
	 * Wait until a condition holds, and fail where it does not in time.
	 */
	static void await(Duration patience, Callable<Boolean> condition) {
		Awaitility.await()
			.pollInSameThread()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(20))
			.atMost(patience)
			.until(condition);
	}

	static String uri() {
		Assumptions.assumeTrue(URI != null, "The Redis that comes for Windows is version 5");
		return URI;
	}

	static RedisConnector connector() {
		return connector(uri());
	}

	static RedisConnector connector(String uri) {
		RedisClient client = RedisClient.create();
		client.setOptions(RedisClientOptions.standalone().build());
		return RedisConnector.standalone(client, RedisURI.create(uri));
	}

	/**
	 * Return a backend that has long to answer, and denies where Redis does not decide.
	 */
	static RedisCacheBackend patientBackend(String uri) {
		return RedisCacheBackend.builder(connector(uri), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofSeconds(10))
			.onFailure((policy) -> OnFailure.DENY)
			.build();
	}

	/**
	 * Return the cluster that tests share, which they must leave as it is.
	 */
	static synchronized RedisCluster cluster() {
		if (cluster == null) {
			try {
				cluster = RedisCluster.start(5000);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
			System.out.println("Redis cluster of the tests: processes of " + RedisProcess.origin() + ", version "
					+ cluster.master(0).field("INFO server", "redis_version"));
		}
		return cluster;
	}

}
