package dev.throttle.backend.redis;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one server's clock: it was at least as late as the last answer says
 * when that answer came.
 */
final class ServerClock {

	private volatile @Nullable Reading last;

	/**
	 * Take note of the server's time in an answer.
	 */
	void read(long serverMicros, long nanoTime) {
		this.last = new Reading(serverMicros, nanoTime);
	}

	/**
	 * Return a moment of this process on the server's clock, or an empty text where
	 * nothing is known of that.
	 */
	String at(long nanoTime) {
		Reading last = this.last;
		return (last != null) ? Long.toString(last.serverMicros + (nanoTime - last.nanoTime) / 1000) : "";
	}

	private record Reading(long serverMicros, long nanoTime) {
	}

}
