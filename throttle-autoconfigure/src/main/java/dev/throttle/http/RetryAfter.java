package dev.throttle.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The header {@code Retry-After}, in seconds or as a date (RFC 9110, section 10.2.3).
 */
final class RetryAfter {

	private static final Pattern SECONDS = Pattern.compile("[0-9]+");

	private static final int MAX_DIGITS = 9;

	private static final Duration LONGEST = Duration.ofSeconds(999_999_999);

	/** A year of two digits that is further ahead is one of the past. */
	private static final Duration FIFTY_YEARS = Duration.ofDays(18_262);

	/** The three forms of RFC 9110, section 5.6.7, behind the day of the week. */
	private static final DateTimeFormatter DATE = DateTimeFormatter
		.ofPattern("[d MMM yyyy HH:mm:ss 'GMT'][d-MMM-yy HH:mm:ss 'GMT'][MMM d HH:mm:ss yyyy]", Locale.ENGLISH);

	private RetryAfter() {
	}

	/**
	 * Return how long to wait. A date is compared with the {@code Date} of the same
	 * answer, if there is one, so that the clocks of the two sides may differ.
	 * @param headers the headers of the answer
	 * @param clock the time if the answer has none
	 * @return the wait, zero if the date has passed, and at most 999,999,999 seconds;
	 * null if the header is missing or means nothing
	 */
	static @Nullable Duration read(HttpHeaders headers, Clock clock) {
		String value = headers.getFirst(HttpHeaders.RETRY_AFTER);
		String text = (value != null) ? value.trim() : "";
		if (SECONDS.matcher(text).matches()) {
			return (text.length() <= MAX_DIGITS) ? Duration.ofSeconds(Long.parseLong(text)) : LONGEST;
		}
		Instant until = date(text);
		if (until == null) {
			return null;
		}
		Instant sentAt = date(headers.getFirst(HttpHeaders.DATE));
		Instant now = (sentAt != null) ? sentAt : clock.instant();
		Duration wait = Duration.between(now, until);
		if (text.indexOf('-') >= 0 && wait.compareTo(FIFTY_YEARS) > 0) {
			wait = Duration.between(now, until.atOffset(ZoneOffset.UTC).minusYears(100));
		}
		if (wait.isNegative()) {
			return Duration.ZERO;
		}
		return (wait.compareTo(LONGEST) < 0) ? wait : LONGEST;
	}

	private static @Nullable Instant date(@Nullable String text) {
		if (text == null) {
			return null;
		}
		try {
			String date = text.trim().replaceFirst("^[A-Z][a-z]+,? +", "").replace("  ", " ");
			return LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC);
		}
		catch (DateTimeParseException ex) {
			return null;
		}
	}

}
