package dev.throttle.test;

import java.time.Duration;

import dev.throttle.backend.memory.NanoClock;

/**
 * A clock that a test moves by hand, in one thread.
 *
 * @since 1.0.0
 */
public final class ManualClock implements NanoClock {

	private volatile long nanos;

	/**
	 * Create a clock that shows zero.
	 */
	public ManualClock() {
		this(0);
	}

	/**
	 * Create a clock.
	 * @param nanos the time in nanoseconds that it shows at first
	 */
	public ManualClock(long nanos) {
		this.nanos = nanos;
	}

	@Override
	public long nanos() {
		return this.nanos;
	}

	/**
	 * Move the clock on.
	 * @param duration by how much
	 */
	public void advance(Duration duration) {
		set(this.nanos + duration.toNanos());
	}

	/**
	 * Set the clock.
	 * @param nanos the time in nanoseconds, which may be before the present one
	 */
	public void set(long nanos) {
		this.nanos = nanos;
	}

}
