package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.CacheBackendContractTests;
import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The contract, held by Redis with a clock that is moved by hand.
 */
class RedisCacheBackendContractTests extends CacheBackendContractTests {

	private static final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);

	private static RedisCacheBackend backend;

	@BeforeAll
	static void open() {
		backend = RedisCacheBackend.builder(RedisFixture.connector(), MemoryCacheBackend.builder().build())
			.time(micros::get)
			.timeout(Duration.ofSeconds(10))
			.knownDenials(Duration.ZERO)
			.build();
	}

	@AfterAll
	static void close() {
		backend.close();
	}

	@Override
	protected CacheBackend backend() {
		return backend;
	}

	@Override
	protected void advance(Duration duration) {
		micros.addAndGet(duration.toNanos() / 1000);
	}

	@Override
	protected Duration resolution() {
		return Duration.ofNanos(1000);
	}

}
