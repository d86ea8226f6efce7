package dev.throttle.backend.memory;

/**
 * Measures elapsed time. Times are not comparable between machines.
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

}
