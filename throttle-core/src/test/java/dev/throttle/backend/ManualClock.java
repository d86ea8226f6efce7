package dev.throttle.backend;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.backend.memory.NanoClock;

/**
 * A clock that stands still until it is moved by hand.
 */
public class ManualClock implements NanoClock {

	private final AtomicLong nanos;

	/**
	 * Create a clock that shows some arbitrary time.
	 */
	public ManualClock() {
		this(7_000_000_000_123L);
	}

	/**
	 * Create a clock.
	 * @param nanos the time that it shows
	 */
	public ManualClock(long nanos) {
		this.nanos = new AtomicLong(nanos);
	}

	@Override
	public long nanos() {
		return this.nanos.get();
	}

	/**
	 * Move the clock.
	 * @param duration how far, negative for back
	 */
	public void advance(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

	/**
	 * Set the clock.
	 * @param nanos the time that it is to show
	 */
	public void set(long nanos) {
		this.nanos.set(nanos);
	}

}
