package dev.throttle.backend.redis;

/**
 * What is known of one server's clock: it was at least as late as the last answer says
 * when that answer came.
 */
final class ServerClock {

	private volatile Reading last;

	/**
	 * Create a clock.
	 * @param serverMicros the server's time in an answer
	 * @param nanoTime when that came
	 */
	ServerClock(long serverMicros, long nanoTime) {
		this.last = new Reading(serverMicros, nanoTime);
	}

	/**
	 * Take note of the server's time in an answer.
	 */
	void read(long serverMicros, long nanoTime) {
		this.last = new Reading(serverMicros, nanoTime);
	}

	/**
	 * Return a moment of this process on the server's clock, in microseconds.
	 */
	long at(long nanoTime) {
		Reading last = this.last;
		return last.serverMicros + (nanoTime - last.nanoTime) / 1000;
	}

	private record Reading(long serverMicros, long nanoTime) {
	}

}
