package dev.throttle.backend.memory;

import java.time.Instant;

/**
 * Measures elapsed time, by which windows slide. Times are not comparable between
 * machines. Windows of the calendar follow the time of day.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface NanoClock {

	/**
	 * The clock of this Java virtual machine, which never goes back.
	 */
	NanoClock SYSTEM = System::nanoTime;

	/**
	 * Return the elapsed time since some fixed moment.
	 * @return the time in nanoseconds, which may be negative
	 */
	long nanos();

	/**
	 * Return the time of day, by default that of the system.
	 * @return the time
	 */
	default Instant instant() {
		return Instant.now();
	}

}
