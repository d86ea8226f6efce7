package dev.throttle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Parses {@code N[unit of bytes]/[n]unit}, or several separated by commas.
 */
final class RateParser {

	private final String text;

	private int position;

	RateParser(String text) {
		this.text = Objects.requireNonNull(text, "'text' must not be null");
	}

	List<Rate> parseAll() {
		List<Rate> rates = new ArrayList<>();
		Set<String> windows = new HashSet<>();
		while (true) {
			skipSpaces();
			int start = this.position;
			Rate rate = parseOne();
			rates.add(rate);
			if (!windows.add(rate.periodText())) {
				throw invalid(start, "two rates have the period '" + rate.periodText() + "'; keep the lower one");
			}
			skipSpaces();
			if (this.position == this.text.length()) {
				return List.copyOf(rates);
			}
			if (this.text.charAt(this.position) != ',') {
				throw invalid(this.position, "expected ',' and another rate, or the end");
			}
			this.position++;
		}
	}

	private Rate parseOne() {
		int start = this.position;
		if (atEndOfRate()) {
			throw invalid(start, "expected a rate such as '100/hour' but found nothing; " + knownPeriods());
		}
		String digits = takeDigits();
		ByteUnit bytes = digits.isEmpty() ? null : takeByteUnit();
		if (digits.isEmpty() || !atEndOfRate() && this.text.charAt(this.position) != '/') {
			throw invalid(this.position,
					"expected a whole number of requests, from 0 to " + Rate.MAX_LIMIT
							+ ", in digits only, and then '/' and a period; " + knownPeriods()
							+ (letters().isEmpty() ? "" : "; known units of bytes are " + ByteUnit.known()));
		}
		long unit = (bytes != null) ? bytes.bytes() : 1;
		long number = toLong(digits, start, Rate.MAX_LIMIT / unit, (bytes != null) ? bytes.name() : "requests");
		String limit = number + ((bytes != null) ? bytes.name() : "");
		if (atEndOfRate()) {
			throw invalid(this.position, "expected '/' and a period, as in '" + limit + "/hour'; " + knownPeriods());
		}
		this.position++;
		Rate rate = parsePeriod(number * unit, limit);
		return (bytes != null) ? rate.inBytes() : rate;
	}

	private @Nullable ByteUnit takeByteUnit() {
		String name = letters();
		ByteUnit unit = ByteUnit.of(name);
		this.position += (unit != null) ? name.length() : 0;
		return unit;
	}

	/**
	 * Return the letters at the position, without taking them.
	 */
	private String letters() {
		int end = this.position;
		while (end < this.text.length() && Character.isLetter(this.text.charAt(end))) {
			end++;
		}
		return this.text.substring(this.position, end);
	}

	private Rate parsePeriod(long permits, String limit) {
		int start = this.position;
		String digits = takeDigits();
		int unitStart = this.position;
		while (!atEndOfRate() && !Character.isWhitespace(this.text.charAt(this.position))) {
			this.position++;
		}
		String name = this.text.substring(unitStart, this.position);
		if (name.isEmpty() && digits.isEmpty()) {
			throw invalid(start, "expected a period after '/', as in '" + limit + "/hour'; " + knownPeriods());
		}
		CalendarUnit calendar = CalendarUnit.of(name);
		if (calendar != null) {
			if (!digits.isEmpty()) {
				throw invalid(start,
						"a period of the calendar has no number before it; write '" + limit + "/" + calendar + "'");
			}
			return new Rate(permits, calendar);
		}
		RateUnit unit = RateUnit.of(name);
		if (unit == null) {
			throw invalid(unitStart, unknownPeriod(name, limit));
		}
		long max = Rate.MAX_PERIOD.toSeconds() / unit.seconds();
		long count = digits.isEmpty() ? 1 : toLong(digits, start, max, name);
		if (count == 0) {
			throw invalid(start, "a period must be longer than 0");
		}
		return new Rate(permits, Duration.ofSeconds(count * unit.seconds()));
	}

	private static String unknownPeriod(String name, String limit) {
		String unknown = name.isEmpty() ? "a period without a unit"
				: "unknown period '" + InvalidRateException.shown(name) + "'";
		String hint = switch (name.toLowerCase(Locale.ROOT)) {
			case "w", "week", "weeks" -> hint(limit, "7d", CalendarUnit.WEEK);
			case "fortnight" -> "; for a fortnight write '" + limit + "/14d'";
			case "mo", "mon", "month", "months" -> hint(limit, "30d", CalendarUnit.MONTH);
			case "y", "year", "years" -> hint(limit, "365d", CalendarUnit.YEAR);
			default -> "";
		};
		return unknown + "; " + knownPeriods() + hint;
	}

	private static String hint(String limit, String days, CalendarUnit calendar) {
		return "; for any " + days.replace("d", " days") + " write '" + limit + "/" + days
				+ "', and from one boundary of the calendar to the next '" + limit + "/" + calendar + "'";
	}

	private static String knownPeriods() {
		return "known periods are " + RateUnit.known() + ", each after an optional whole number, and "
				+ CalendarUnit.known();
	}

	private long toLong(String digits, int start, long max, String what) {
		long value = 0;
		for (int i = 0; i < digits.length(); i++) {
			value = 10 * value + digits.charAt(i) - '0';
			if (value > max) {
				throw invalid(start, "the number is too large; the maximum is " + max + " " + what);
			}
		}
		return value;
	}

	private String takeDigits() {
		int start = this.position;
		while (this.position < this.text.length() && isDigit(this.text.charAt(this.position))) {
			this.position++;
		}
		return this.text.substring(start, this.position);
	}

	private static boolean isDigit(char character) {
		return character >= '0' && character <= '9';
	}

	private boolean atEndOfRate() {
		return this.position == this.text.length() || this.text.charAt(this.position) == ',';
	}

	private void skipSpaces() {
		while (this.position < this.text.length() && Character.isWhitespace(this.text.charAt(this.position))) {
			this.position++;
		}
	}

	private InvalidRateException invalid(int index, String reason) {
		return new InvalidRateException(this.text, index + 1, reason);
	}

}
