package dev.throttle;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for {@link Rate}, {@link RateParser} and {@link InvalidRateException}.
 */
class RateTests {

	private static final String KNOWN_PERIODS = "known periods are s, sec, second, seconds, m, min, minute, minutes, "
			+ "h, hour, hours, d, day, days";

	@ParameterizedTest
	@CsvSource({ "s, 1", "sec, 1", "second, 1", "seconds, 1", "m, 60", "min, 60", "minute, 60", "minutes, 60",
			"h, 3600", "hour, 3600", "hours, 3600", "d, 86400", "day, 86400", "days, 86400" })
	void everyUnitIsKnownAloneAndAfterANumber(String unit, long seconds) {
		assertThat(Rate.parse("100/" + unit)).isEqualTo(new Rate(100, Duration.ofSeconds(seconds)));
		assertThat(Rate.parse("100/1" + unit)).isEqualTo(new Rate(100, Duration.ofSeconds(seconds)));
		assertThat(Rate.parse("100/15" + unit)).isEqualTo(new Rate(100, Duration.ofSeconds(15 * seconds)));
	}

	@ParameterizedTest
	@CsvSource({ "100/hour, 100, PT1H", "100/15min, 100, PT15M", "5/30s, 5, PT30S", "1000/day, 1000, PT24H",
			"1/7d, 1, PT168H", "1/36500d, 1, PT876000H", "1/3153600000s, 1, PT876000H", "010/min, 10, PT1M",
			"1/05min, 1, PT5M", "00000000000000000000000000000007/0000000000000000000000000000060s, 7, PT1M",
			"999999999999999/s, 999999999999999, PT1S" })
	void rateIsANumberOfRequestsInAPeriod(String text, long limit, Duration period) {
		assertThat(Rate.parse(text)).isEqualTo(new Rate(limit, period));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0/min", "00/min", "0/1min" })
	void zeroIsARateThatDeniesEverything(String text) {
		assertThat(Rate.parse(text)).isEqualTo(new Rate(0, Duration.ofMinutes(1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { " 10/min", "10/min ", "\t10/min\n", "\u200310/min\r\n" })
	void spacesCountAtNeitherEnd(String text) {
		assertThat(Rate.parse(text)).isEqualTo(new Rate(10, Duration.ofMinutes(1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "60/min,1000/day", "60/min, 1000/day", " 60/min ,\t1000/day " })
	void severalRatesAreSeparatedByComma(String text) {
		assertThat(Rate.parseAll(text)).containsExactly(new Rate(60, Duration.ofMinutes(1)),
				new Rate(1000, Duration.ofDays(1)));
	}

	@ParameterizedTest
	@CsvSource({ "'10/month', 4", "'10/fortnight', 4", "'ten/min', 1", "'1.5/min', 2", "'-1/min', 1", "'10/', 4",
			"'', 1", "'   ', 4", "'10', 3", "'/', 1", "'/min', 1", "'10//min', 4", "'10/min/2', 4", "'10/1/min', 5",
			"'10 /min', 3", "'10/ min', 4", "'10/5', 5", "'10/5 min', 5", "'10/1.5h', 5", "'10/-1h', 4", "'10/Min', 4",
			"'10/mins', 4", "'10/ms', 4", "'10/secs', 4", "'+1/min', 1", "'1_000/day', 2", "'1e3/s', 2",
			"'1,000/day', 2", "'10/min,', 8", "',10/min', 1", "'10/min,,5/s', 8", "'10/min, 5', 10", "'10/min, 5/', 11",
			"'10/min, 5/week', 11", "'10/min, ten/s', 9", "'10 per min', 3", "'10/min\u0000', 4",
			"'\u0661\u0660/min', 1", "'10/\uff4d', 4" })
	void textThatIsNoRateIsAnErrorWithItsColumnAndTheKnownPeriods(String text, int column) {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parseAll(text))
			.withMessageStartingWith("Invalid rate '" + text + "' at column " + column + ": ")
			.withMessageContaining(KNOWN_PERIODS)
			.satisfies((ex) -> {
				assertThat(ex.getText()).isEqualTo(text);
				assertThat(ex.getColumn()).isEqualTo(column);
				assertThat(ex.getMessage()).endsWith(ex.getReason());
			});
	}

	@ParameterizedTest
	@CsvSource({ "1000000000000000/s, 1, the maximum is 999999999999999 requests",
			"99999999999999999999999999999999999999/s, 1, the maximum is 999999999999999 requests",
			"18446744073709551617/s, 1, the maximum is 999999999999999 requests", "1/36501d, 3, the maximum is 36500 d",
			"1/876001hours, 3, the maximum is 876000 hours", "1/18446744073709551617s, 3, the maximum is 3153600000 s",
			"1/0s, 3, a period must be longer than 0", "1/000min, 3, a period must be longer than 0",
			"10/min x, 8, 'expected '','' and another rate'", "10/min;5/s, 4, unknown period 'min;5/s'",
			"10/half an hour, 4, unknown period 'half'",
			"'60/min, 100/min', 9, two rates have the period 'min'; keep the lower one",
			"'60/hour, 1/s, 100/60min', 15, two rates have the period 'hour'; keep the lower one" })
	void whatIsWrongIsSaid(String text, int column, String reason) {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parseAll(text)).satisfies((ex) -> {
			assertThat(ex.getColumn()).isEqualTo(column);
			assertThat(ex.getReason()).contains(reason.replace("''", "'"));
		});
	}

	@ParameterizedTest
	@CsvSource({ "10/week, 7, calendar-week", "10/month, 30, calendar-month", "10/years, 365, calendar-year",
			"10/Month, 30, calendar-month" })
	void periodWithTwoMeaningsIsAnErrorThatNamesBoth(String text, int days, String calendar) {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parse(text))
			.withMessageEndingWith("; for any " + days + " days write '10/" + days
					+ "d', and from one boundary of the calendar to the next '10/" + calendar + "'");
	}

	@Test
	void periodThatIsNoUnitIsTranslated() {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parse("10/fortnight"))
			.withMessageEndingWith("; for a fortnight write '10/14d'");
	}

	@ParameterizedTest
	@EnumSource
	void calendarIsAPeriod(CalendarUnit unit) {
		Rate rate = Rate.parse("10/" + unit);
		assertThat(rate).isEqualTo(new Rate(10, unit)).hasToString("10/" + unit);
		assertThat(rate.periodText()).isEqualTo(unit.toString());
		assertThat(Rate.parse("10MB/" + unit).inBytes()).hasToString("10MB/" + unit);
	}

	@Test
	void calendarAndSlidingWindowsMayBeOfEqualLength() {
		assertThat(Rate.parseAll("5/day, 3/calendar-day")).hasSize(2);
		assertThatExceptionOfType(InvalidRateException.class)
			.isThrownBy(() -> Rate.parseAll("5/calendar-day, 3/calendar-day"))
			.withMessageEndingWith("two rates have the period 'calendar-day'; keep the lower one");
	}

	@Test
	void calendarTakesNoNumber() {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parse("10/2calendar-month"))
			.withMessageEndingWith("a period of the calendar has no number before it; write '10/calendar-month'");
	}

	@Test
	void longTextIsCutInTheMessage() {
		String text = "x".repeat(10_000);
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parse(text))
			.withMessageStartingWith("Invalid rate '" + "x".repeat(80) + "...' at column 1: ")
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(500));
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parse("1/" + text))
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(500));
	}

	@Test
	void severalRatesAreAnErrorWhereOneIsExpected() {
		assertThatExceptionOfType(InvalidRateException.class).isThrownBy(() -> Rate.parse("60/min, 1000/day"))
			.withMessage("Invalid rate '60/min, 1000/day' at column 7: expected one rate but found several");
	}

	@Test
	void missingTextIsAnError() {
		assertThatNullPointerException().isThrownBy(() -> Rate.parse(null));
		assertThatNullPointerException().isThrownBy(() -> new Rate(1, (Duration) null));
	}

	@ParameterizedTest
	@CsvSource({ "1/1s, 1/s", "1/60s, 1/min", "1/90s, 1/90s", "100/15minutes, 100/15min", "5/60min, 5/hour",
			"5/24h, 5/day", "5/36h, 5/36hour", "5/7days, 5/7day", "0/m, 0/min" })
	void rateIsShownWithTheLargestUnitAndReadBack(String text, String shown) {
		Rate rate = Rate.parse(text);
		assertThat(rate).hasToString(shown);
		assertThat(Rate.parse(shown)).isEqualTo(rate);
	}

	@ParameterizedTest
	@CsvSource({ "10B/s, 10, 10B/s", "10KB/min, 10240, 10KB/min", "10MB/day, 10485760, 10MB/day",
			"2GB/hour, 2147483648, 2GB/hour", "1TB/30d, 1099511627776, 1TB/30day", "0MB/min, 0, 0B/min",
			"1024KB/min, 1048576, 1MB/min", "1500B/min, 1500, 1500B/min",
			"999999999999999B/s, 999999999999999, 999999999999999B/s" })
	void rateIsInBytesWithAUnitOfBytesAndReadBack(String text, long bytes, String shown) {
		Rate rate = Rate.parse(text);
		assertThat(rate.limit()).isEqualTo(bytes);
		assertThat(rate.isInBytes()).isTrue();
		assertThat(rate).hasToString(shown);
		assertThat(Rate.parse(shown)).isEqualTo(rate);
	}

	@Test
	void rateInBytesIsAnotherThanOneOfAsManyRequests() {
		Rate rate = Rate.parse("1024/min");
		assertThat(rate.isInBytes()).isFalse();
		assertThat(rate).isNotEqualTo(Rate.parse("1KB/min"));
		assertThat(rate.inBytes()).isEqualTo(Rate.parse("1KB/min"));
	}

	@ParameterizedTest
	@CsvSource({ "10mb/day, 3, 'known units of bytes are B, KB, MB, GB, TB'",
			"10MiB/day, 3, 'known units of bytes are B, KB, MB, GB, TB'",
			"10 MB/day, 3, expected a whole number of requests", "1.5MB/day, 2, expected a whole number of requests",
			"10MB, 5, 'expected ''/'' and a period, as in ''10MB/hour'''",
			"10MB/, 6, 'expected a period after ''/'', as in ''10MB/hour'''",
			"10MB/week, 6, 'for any 7 days write ''10MB/7d'''", "'1/s, 10Mb/min', 8, known units of bytes",
			"'10MB/min, 1GB/60s', 11, two rates have the period 'min'; keep the lower one",
			"910TB/day, 1, the maximum is 909 TB", "MB/day, 1, expected a whole number of requests" })
	void whatIsWrongWithBytesIsSaid(String text, int column, String reason) {
		whatIsWrongIsSaid(text, column, reason);
	}

	@Test
	void periodThatIsNotOfWholeSecondsIsShownAsADuration() {
		assertThat(new Rate(5, Duration.ofMillis(1500))).hasToString("5/PT1.5S");
	}

	@Test
	void limitAndPeriodAreWithinTheirRanges() {
		Duration second = Duration.ofSeconds(1);
		assertThat(new Rate(Rate.MAX_LIMIT, Duration.ofDays(36_500)).limit()).isEqualTo(999_999_999_999_999L);
		assertThat(new Rate(0, Duration.ofNanos(1)).period()).isEqualTo(Duration.ofNanos(1));
		assertThatIllegalArgumentException().isThrownBy(() -> new Rate(-1, second))
			.withMessage("'limit' must be from 0 to 999999999999999 but is -1");
		assertThatIllegalArgumentException().isThrownBy(() -> new Rate(Rate.MAX_LIMIT + 1, second));
		for (Duration period : List.of(Duration.ZERO, second.negated(), Duration.ofDays(36_500).plusNanos(1),
				Duration.ofSeconds(Long.MAX_VALUE))) {
			assertThatIllegalArgumentException().isThrownBy(() -> new Rate(1, period))
				.withMessage("'period' must be positive and at most 36500 days but is " + period);
		}
	}

}
