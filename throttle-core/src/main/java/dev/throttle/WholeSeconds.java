package dev.throttle;

import java.time.Duration;
import java.time.Instant;

/**
 * Rounds times up to whole seconds, so that no client retries too early.
 *
 * @since 1.0.0
 */
public final class WholeSeconds {

	private WholeSeconds() {
	}

	/**
	 * Round a time up to whole seconds.
	 * @param duration the time
	 * @return the seconds; {@link Long#MAX_VALUE} at most
	 */
	public static long roundUp(Duration duration) {
		long seconds = duration.getSeconds();
		return (duration.getNano() > 0 && seconds < Long.MAX_VALUE) ? seconds + 1 : seconds;
	}

	/**
	 * Round a moment up to whole seconds.
	 * @param instant the moment
	 * @return the seconds since the epoch
	 */
	public static long roundUp(Instant instant) {
		return instant.getEpochSecond() + ((instant.getNano() > 0) ? 1 : 0);
	}

}
