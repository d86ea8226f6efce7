package dev.throttle;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time from one boundary of the calendar to the next.
 *
 * @param startMicros its first microsecond, since the epoch
 * @param endMicros the first microsecond after it, since the epoch
 * @since 1.0.0
 */
public record CalendarWindow(long startMicros, long endMicros) {

	static CalendarWindow of(Instant start, Instant end) {
		return new CalendarWindow(micros(start), micros(end));
	}

	/**
	 * Return whether a time is in this window.
	 * @param micros the time in microseconds since the epoch
	 * @return whether it is
	 */
	public boolean contains(long micros) {
		return this.startMicros <= micros && micros < this.endMicros;
	}

	private static long micros(Instant time) {
		return ChronoUnit.MICROS.between(Instant.EPOCH, time);
	}

}
