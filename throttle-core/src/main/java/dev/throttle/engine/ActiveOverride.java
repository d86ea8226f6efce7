package dev.throttle.engine;

import java.time.Duration;
import java.time.Instant;

import dev.throttle.backend.RateOverride;

/**
 * An override, and when it expires by the clock of this process.
 *
 * @param override the override
 * @param since when it became known, by {@link System#nanoTime()}
 * @param durationNanos the nanoseconds after which it expires, {@link Long#MAX_VALUE} for
 * no expiry
 */
record ActiveOverride(RateOverride override, long since, long durationNanos) {

	static final Duration MAX_DURATION = Duration.ofDays(36_500);

	/**
	 * Create an override from an answer of the store.
	 * @param override the override
	 * @param now the time of the store
	 * @param nanos the time of this process
	 */
	static ActiveOverride of(RateOverride override, Instant now, long nanos) {
		if (override.until() == null) {
			return new ActiveOverride(override, nanos, Long.MAX_VALUE);
		}
		Duration left = Duration.between(now, override.until());
		return new ActiveOverride(override, nanos,
				(left.compareTo(MAX_DURATION) < 0) ? left.toNanos() : MAX_DURATION.toNanos());
	}

	/**
	 * Return the nanoseconds until it expires; zero or negative if it has.
	 */
	long left(long nanos) {
		return (this.durationNanos == Long.MAX_VALUE) ? Long.MAX_VALUE : this.durationNanos - (nanos - this.since);
	}

}
