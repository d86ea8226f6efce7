package dev.throttle.actuate;

import java.util.Map;

import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.ThrottleRegistry;

/**
 * What the health of the application says of a shared backend. It is up whatever becomes
 * of that: requests are answered without it.
 */
final class SharedBackendHealth {

	private final CacheBackend backend;

	SharedBackendHealth(CacheBackend backend) {
		this.backend = backend;
	}

	Map<String, String> details() {
		String name = ThrottleRegistry.describe(this.backend);
		return Map.of("backend", name, "counting", this.backend.isAvailable() ? "shared" : "on-failure");
	}

}
