package dev.throttle.actuate;

import java.util.Map;

import dev.throttle.backend.CacheBackend;
import dev.throttle.handler.ThrottleRegistry;

/**
 * Health details of a shared backend. The health is up even if the backend is down,
 * because requests are still answered.
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
