package dev.throttle;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A limit and a window. Under {@code 100/hour}, at most {@link #limit()} permits are
 * granted in any span of one period; under {@code 100/calendar-month}, from one boundary
 * of the calendar to the next.
 *
 * @param limit the permits in a window, from 0, which denies everything, to
 * {@value #MAX_LIMIT}
 * @param period the length of the window, from one nanosecond to 36500 days; of a window
 * of the calendar, the longest one
 * @param isInBytes whether a permit is a byte
 * @param calendar the unit of the calendar, null if the window slides
 * @since 1.0.0
 */
public record Rate(long limit, Duration period, boolean isInBytes, @Nullable CalendarUnit calendar) {

	/**
	 * The largest limit: the largest integer of a structured HTTP field (RFC 9651,
	 * section 3.3.1).
	 */
	public static final long MAX_LIMIT = 999_999_999_999_999L;

	static final Duration MAX_PERIOD = Duration.ofDays(36_500);

	/**
	 * Create a rate.
	 * @param limit the permits in a window, from 0 to {@value #MAX_LIMIT}
	 * @param period the length of the window, positive and at most 36500 days
	 * @param isInBytes whether a permit is a byte
	 * @param calendar the unit of the calendar, null if the window slides
	 * @throws IllegalArgumentException if the limit or the period is out of range, or the
	 * period is not that of the calendar's unit
	 */
	public Rate {
		Objects.requireNonNull(period, "'period' must not be null");
		if (limit < 0 || limit > MAX_LIMIT) {
			throw new IllegalArgumentException("'limit' must be from 0 to " + MAX_LIMIT + " but is " + limit);
		}
		if (period.isNegative() || period.isZero() || period.compareTo(MAX_PERIOD) > 0) {
			throw new IllegalArgumentException(
					"'period' must be positive and at most " + MAX_PERIOD.toDays() + " days but is " + period);
		}
		if (calendar != null && !period.equals(calendar.nominal())) {
			throw new IllegalArgumentException(
					"'period' of a " + calendar + " must be " + calendar.nominal() + " but is " + period);
		}
	}

	/**
	 * Create a rate with a sliding window that is not in bytes.
	 * @param limit the permits in a window, from 0 to {@value #MAX_LIMIT}
	 * @param period the length of the window, positive and at most 36500 days
	 * @throws IllegalArgumentException if the limit or the period is out of range
	 */
	public Rate(long limit, Duration period) {
		this(limit, period, false, null);
	}

	/**
	 * Create a rate whose window is one of the calendar, and that is not in bytes.
	 * @param limit the permits in a window, from 0 to {@value #MAX_LIMIT}
	 * @param calendar the unit of the calendar
	 * @throws IllegalArgumentException if the limit is out of range
	 */
	public Rate(long limit, CalendarUnit calendar) {
		this(limit, calendar.nominal(), false, calendar);
	}

	/**
	 * Return this rate in bytes.
	 * @return the rate with the same number as a number of bytes
	 */
	public Rate inBytes() {
		return this.isInBytes ? this : new Rate(this.limit, this.period, true, this.calendar);
	}

	/**
	 * Parse a rate such as {@code 100/hour}, {@code 100/15min}, {@code 5/30s},
	 * {@code 10MB/day} or {@code 10000/calendar-month}. The units of the period are s,
	 * sec, second(s), m, min, minute(s), h, hour(s), d and day(s), and those of the
	 * calendar are calendar-hour, -day, -week, -month and -year. The units of bytes are
	 * B, KB, MB, GB and TB, where 1KB is 1024B.
	 * @param text the text; leading and trailing spaces are ignored
	 * @return the rate
	 * @throws InvalidRateException if the text is not a single rate
	 */
	public static Rate parse(String text) {
		List<Rate> rates = parseAll(text);
		if (rates.size() > 1) {
			throw new InvalidRateException(text, text.indexOf(',') + 1, "expected one rate but found several");
		}
		return rates.get(0);
	}

	/**
	 * Parse one or more rates such as {@code 60/min, 1000/day}.
	 * @param text one rate, or several separated by commas
	 * @return the rates in their order, at least one and no two with the same window
	 * @throws InvalidRateException if a part of the text is not a rate
	 */
	public static List<Rate> parseAll(String text) {
		return new RateParser(text).parseAll();
	}

	/**
	 * Return the rate in the form that {@link #parse(String)} reads, with the largest
	 * units that fit: {@code 100/15min}, {@code 10MB/day}. A period with a fraction of a
	 * second is written as an ISO 8601 duration, which {@code parse} rejects.
	 */
	@Override
	public String toString() {
		return (this.isInBytes ? ByteUnit.text(this.limit) : Long.toString(this.limit)) + "/" + periodText();
	}

	/**
	 * Return the window as it is written in a rate, with the largest unit that fits:
	 * {@code min}, {@code 15min}, {@code calendar-month}.
	 * @return the window; an ISO 8601 duration if it has a fraction of a second
	 */
	public String periodText() {
		if (this.calendar != null) {
			return this.calendar.toString();
		}
		if (this.period.toNanosPart() != 0) {
			return this.period.toString();
		}
		long seconds = this.period.toSeconds();
		for (RateUnit unit : RateUnit.LARGEST_FIRST) {
			if (seconds % unit.seconds() == 0) {
				long count = seconds / unit.seconds();
				return (count != 1) ? count + unit.shortName() : unit.shortName();
			}
		}
		return seconds + RateUnit.SECOND.shortName();
	}

}
