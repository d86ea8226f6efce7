package dev.throttle.backend.memory;

import java.time.Duration;

import dev.throttle.backend.CacheBackend;
import dev.throttle.test.CacheBackendContractTests;
import dev.throttle.test.ManualClock;
import org.junit.jupiter.api.AfterEach;

class MemoryCacheBackendContractTests extends CacheBackendContractTests {

	private final ManualClock clock = new ManualClock(startNanos());

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
