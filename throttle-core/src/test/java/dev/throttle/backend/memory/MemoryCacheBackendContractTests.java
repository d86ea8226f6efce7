package dev.throttle.backend.memory;

import java.time.Duration;

import dev.throttle.backend.CacheBackend;
import dev.throttle.test.CacheBackendContractTests;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;

class MemoryCacheBackendContractTests extends CacheBackendContractTests {

	private final ThrottleClock clock = new ThrottleClock(startNanos());

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	long startNanos() {
		return 0;
	}

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Override
	protected CacheBackend backend() {
		return this.backend;
	}

	@Override
	protected void advance(Duration duration) {
		this.clock.advance(duration);
	}

}
