package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.CacheBackendContractTests;
import dev.throttle.test.store.Driver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/**
 * The contract, held by a kind of Redis with a clock that is moved by hand.
 */
@Tag("integration")
abstract class AbstractRedisContractTests extends CacheBackendContractTests {

	private static final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);

	private static RedisCacheBackend backend;

	/**
	 * Return the connector, called once for all tests of the class.
	 */
	abstract RedisConnector connector();

	Driver driver() {
		return Driver.SYNC;
	}

	@AfterAll
	static void close() {
		if (backend != null) {
			backend.close();
			backend = null;
		}
	}

	@Override
	protected CacheBackend backend() {
		if (backend == null) {
			backend = RedisCacheBackend.builder(connector(), MemoryCacheBackend.builder().build())
				.time(micros::get)
				.timeout(Duration.ofSeconds(10))
				.knownDenials(Duration.ZERO)
				.onFailure((policy) -> OnFailure.DENY)
				.build();
		}
		return driver().of(backend);
	}

	@Override
	protected void advance(Duration duration) {
		micros.addAndGet(duration.toNanos() / 1000);
	}

	@Override
	protected int rounds() {
		return 10;
	}

	@Override
	protected Duration resolution() {
		return Duration.ofNanos(1000);
	}

}
