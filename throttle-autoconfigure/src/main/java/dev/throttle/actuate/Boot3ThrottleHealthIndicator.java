package dev.throttle.actuate;

import dev.throttle.backend.CacheBackend;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * {@link HealthIndicator} of Spring Boot 3.5 for a backend that is shared with other
 * processes.
 *
 * @since 1.0.0
 */
public final class Boot3ThrottleHealthIndicator implements HealthIndicator {

	private final SharedBackendHealth health;

	/**
	 * Create an indicator.
	 * @param backend the backend
	 */
	public Boot3ThrottleHealthIndicator(CacheBackend backend) {
		this.health = new SharedBackendHealth(backend);
	}

	@Override
	public Health health() {
		return Health.up().withDetails(this.health.details()).build();
	}

}
