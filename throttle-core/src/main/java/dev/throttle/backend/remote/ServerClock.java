package dev.throttle.backend.remote;

/**
 * The clock of a server, as far as its last answer tells. When an answer arrives, the
 * server's time is at least the time in the answer.
 *
 * @since 1.0.0
 */
public final class ServerClock {

	private volatile Reading last;

	/**
	 * Create a clock.
	 * @param serverMicros the server's time in an answer, in microseconds since the epoch
	 * @param nanoTime when the answer arrived, on the clock of {@link System#nanoTime()}
	 */
	public ServerClock(long serverMicros, long nanoTime) {
		this.last = new Reading(serverMicros, nanoTime);
	}

	/**
	 * Record the server's time in an answer.
	 * @param serverMicros the time in microseconds since the epoch
	 * @param nanoTime when the answer arrived, on the clock of {@link System#nanoTime()}
	 */
	public void read(long serverMicros, long nanoTime) {
		this.last = new Reading(serverMicros, nanoTime);
	}

	/**
	 * Convert a time of this process to the server's clock.
	 * @param nanoTime the time on the clock of {@link System#nanoTime()}
	 * @return the time in microseconds since the epoch
	 */
	public long at(long nanoTime) {
		Reading last = this.last;
		return last.serverMicros + (nanoTime - last.nanoTime) / 1000;
	}

	private record Reading(long serverMicros, long nanoTime) {
	}

}
