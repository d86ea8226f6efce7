package dev.throttle.metrics;

import dev.throttle.http.RetryListener;
import dev.throttle.http.RetryOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts the refused requests of HTTP clients by outcome, as
 * {@code throttle.http.client.retries}. No tag names a host.
 *
 * @since 1.0.0
 */
public final class RetryMetrics implements RetryListener {

	private final MeterRegistry registry;

	/**
	 * Create metrics.
	 * @param registry the registry for the counters
	 */
	public RetryMetrics(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void refused(RetryOutcome outcome) {
		Counter.builder("throttle.http.client.retries")
			.description("Refused requests of HTTP clients whose answer says when to send them again")
			.tag("outcome", outcome.text())
			.register(this.registry)
			.increment();
	}

}
