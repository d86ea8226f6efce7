package dev.throttle.backend.memory;

import java.time.Duration;

/**
 * The contract on a clock that overflows while a test runs.
 */
class MemoryCacheBackendWrapAroundTests extends MemoryCacheBackendContractTests {

	@Override
	long startNanos() {
		return Long.MAX_VALUE - Duration.ofSeconds(30).toNanos();
	}

}
