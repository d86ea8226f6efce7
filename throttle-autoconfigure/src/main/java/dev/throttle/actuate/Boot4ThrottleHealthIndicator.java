package dev.throttle.actuate;

import dev.throttle.backend.CacheBackend;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link HealthIndicator} of Spring Boot 4 for a backend that is shared with other
 * processes.
 *
 * @since 1.0.0
 */
public final class Boot4ThrottleHealthIndicator implements HealthIndicator {

	private final SharedBackendHealth health;

	/**
	 * Create an indicator.
	 * @param backend the backend
	 */
	public Boot4ThrottleHealthIndicator(CacheBackend backend) {
		this.health = new SharedBackendHealth(backend);
	}

	@Override
	public Health health() {
		return Health.up().withDetails(this.health.details()).build();
	}

}
