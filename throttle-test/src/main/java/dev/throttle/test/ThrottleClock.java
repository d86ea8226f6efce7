package dev.throttle.test;

import java.time.Duration;
import java.time.Instant;

import dev.throttle.backend.memory.NanoClock;

/**
 * A clock that a test moves by hand, in one thread. With {@code @ThrottleTest}, it is a
 * bean of the application.
 *
 * @since 1.0.0
 */
public final class ThrottleClock implements NanoClock {

	private volatile long nanos;

	private volatile Instant instant = Instant.EPOCH;

	/**
	 * Create a clock that shows zero, at the first moment of the year 1970 in UTC.
	 */
	public ThrottleClock() {
		this(0);
	}

	/**
	 * Create a clock.
	 * @param nanos the time in nanoseconds that it shows at first
	 */
	public ThrottleClock(long nanos) {
		this.nanos = nanos;
	}

	@Override
	public long nanos() {
		return this.nanos;
	}

	@Override
	public Instant instant() {
		return this.instant;
	}

	/**
	 * Move the clock on, and the time of day with it.
	 * @param duration by how much; a negative one moves both back
	 */
	public void advance(Duration duration) {
		setNanos(this.nanos + duration.toNanos());
	}

	/**
	 * Set the clock, and move the time of day by as much.
	 * @param nanos the time in nanoseconds, which may be before the present one
	 */
	public void setNanos(long nanos) {
		this.instant = this.instant.plusNanos(nanos - this.nanos);
		this.nanos = nanos;
	}

	/**
	 * Set the time of day, as if the system's clock was changed. No time elapses.
	 * @param instant the time of day, which may be before the present one
	 */
	public void set(Instant instant) {
		this.instant = instant;
	}

}
