package dev.throttle;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * A limit and a period, such as {@code 100/hour} or {@code 10MB/day}: at most
 * {@link #limit()} permits are granted in any span of one period.
 *
 * @param limit the permits in a period, from 0, which denies everything, to
 * {@value #MAX_LIMIT}
 * @param period the length of the window, from one nanosecond to 36500 days
 * @param isInBytes whether a permit is a byte
 * @since 1.0.0
 */
public record Rate(long limit, Duration period, boolean isInBytes) {

	/**
	 * The largest limit: the largest integer of a structured HTTP field (RFC 9651,
	 * section 3.3.1).
	 */
	public static final long MAX_LIMIT = 999_999_999_999_999L;

	static final Duration MAX_PERIOD = Duration.ofDays(36_500);

	/**
	 * Create a rate.
	 * @param limit the permits in a period, from 0 to {@value #MAX_LIMIT}
	 * @param period the length of the window, positive and at most 36500 days
	 * @param isInBytes whether a permit is a byte
	 * @throws IllegalArgumentException if the limit or the period is out of range
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
	}

	/**
	 * Create a rate that is not in bytes.
	 * @param limit the permits in a period, from 0 to {@value #MAX_LIMIT}
	 * @param period the length of the window, positive and at most 36500 days
	 * @throws IllegalArgumentException if the limit or the period is out of range
	 */
	public Rate(long limit, Duration period) {
		this(limit, period, false);
	}

	/**
	 * Return this rate in bytes.
	 * @return the rate with the same number as a number of bytes
	 */
	public Rate inBytes() {
		return this.isInBytes ? this : new Rate(this.limit, this.period, true);
	}

	/**
	 * Parse a rate such as {@code 100/hour}, {@code 100/15min}, {@code 5/30s} or
	 * {@code 10MB/day}. The units of the period are s, sec, second(s), m, min, minute(s),
	 * h, hour(s), d and day(s). Those of bytes are B, KB, MB, GB and TB, where 1KB is
	 * 1024B.
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
	 * @return the rates in their order, at least one and no two with the same period
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
	 * Return the period as it is written in a rate, with the largest unit that fits:
	 * {@code min}, {@code 15min}.
	 * @return the period; an ISO 8601 duration if it has a fraction of a second
	 */
	public String periodText() {
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
