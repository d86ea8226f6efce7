package dev.throttle.test;

import java.time.Duration;

import dev.throttle.backend.memory.NanoClock;

/**
 * A clock that a test moves by hand, in one thread.
 */
public final class ManualClock implements NanoClock {

	private volatile long nanos;

	public ManualClock() {
		this(0);
	}

	public ManualClock(long nanos) {
		this.nanos = nanos;
	}

	@Override
	public long nanos() {
		return this.nanos;
	}

	public void advance(Duration duration) {
		set(this.nanos + duration.toNanos());
	}

	public void set(long nanos) {
		this.nanos = nanos;
	}

}
