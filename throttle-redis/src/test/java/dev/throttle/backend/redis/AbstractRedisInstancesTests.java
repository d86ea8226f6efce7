package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/**
 * Three {@link RedisCacheBackend}s on one server, as three instances of an application
 * have them.
 */
@Tag("integration")
abstract class AbstractRedisInstancesTests {

	final List<RedisCacheBackend> instances = new ArrayList<>();

	Driver driver() {
		return Driver.SYNC;
	}

	RedisConnector connector() {
		return RedisFixture.connector();
	}

	List<String> servers() {
		return List.of(RedisFixture.uri());
	}

	@BeforeEach
	void open() {
		for (int i = 0; i < 3; i++) {
			this.instances.add(RedisCacheBackend.builder(connector(), MemoryCacheBackend.builder().build())
				.timeout(Duration.ofSeconds(10))
				.onFailure((policy) -> OnFailure.DENY)
				.build());
		}
	}

	@AfterEach
	void close() {
		this.instances.forEach(RedisCacheBackend::close);
	}

	/**
	 * Return how many scripts the servers have run, of those that they know by their
	 * hash: decisions and settlements, and not what an instance asks in the background.
	 */
	static long calls(List<RedisCommands<String, String>> servers) {
		return servers.stream()
			.flatMap((commands) -> commands.info("commandstats").lines())
			.filter((line) -> line.startsWith("cmdstat_evalsha:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
			.sum();
	}

}
