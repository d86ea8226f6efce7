package dev.throttle.metrics;

import java.time.Duration;

import dev.throttle.http.PacingListener;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Measures how long calls that go out wait for their limit, as
 * {@code throttle.outgoing.wait}. No tag names a host.
 *
 * @since 1.0.0
 */
public final class PacingMetrics implements PacingListener {

	private final MeterRegistry registry;

	/**
	 * Create metrics.
	 * @param registry the registry for the timers
	 */
	public PacingMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void waited(String scope, Duration waited, boolean isSent) {
		Timer.builder("throttle.outgoing.wait")
			.description("Time that calls that go out waited for their limit")
			.tag("scope", scope)
			.tag("outcome", isSent ? "sent" : "refused")
			.register(this.registry)
			.record(waited);
	}

}
