package dev.throttle.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.backend.memory.NanoClock;

/**
 * A clock that stands still until it is moved.
 */
class ManualClock implements NanoClock {

	private final AtomicLong nanos = new AtomicLong();

	@Override
	public long nanos() {
		return this.nanos.get();
	}

	void advance(Duration duration) {
		this.nanos.addAndGet(duration.toNanos());
	}

	void set(Duration sinceStart) {
		this.nanos.set(sinceStart.toNanos());
	}

}
