package dev.throttle.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetryAfter}.
 */
class RetryAfterTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("1994-11-06T08:49:37Z"), ZoneOffset.UTC);

	@Test
	void secondsAreRead() {
		assertThat(read("120")).isEqualTo(Duration.ofMinutes(2));
		assertThat(read(" 0 ")).isZero();
	}

	@Test
	void moreSecondsThanALifeHasAreRead() {
		assertThat(read("99999999999999999999")).isGreaterThan(Duration.ofDays(10_000));
		assertThat(read("Fri, 31 Dec 9999 23:59:59 GMT")).isEqualTo(read("99999999999999999999"));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994" })
	void allFormsOfADateAreRead(String date) {
		assertThat(read(date)).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void dateThatHasPassedIsAtOnce() {
		assertThat(read("Sun, 06 Nov 1994 08:49:36 GMT")).isZero();
	}

	@Test
	void dateIsComparedWithTheClockOfTheServer() {
		HttpHeaders headers = headers("Sun, 06 Nov 1994 09:50:07 GMT");
		headers.set("Date", "Sun, 06 Nov 1994 09:50:00 GMT");
		assertThat(RetryAfter.read(headers, CLOCK)).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void dateOfTheServerThatMeansNothingIsIgnored() {
		HttpHeaders headers = headers("Sun, 06 Nov 1994 08:50:07 GMT");
		headers.set("Date", "now");
		assertThat(RetryAfter.read(headers, CLOCK)).isEqualTo(Duration.ofSeconds(30));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-1", "1.5", "soon", "1 s", "١", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:50:07 CET",
			"Sun, 31 Foo 1994 08:50:07 GMT" })
	void anythingElseMeansNothing(String value) {
		assertThat(read(value)).isNull();
	}

	@Test
	void missingHeaderMeansNothing() {
		assertThat(RetryAfter.read(new HttpHeaders(), CLOCK)).isNull();
	}

	private static @Nullable Duration read(String value) {
		return RetryAfter.read(headers(value), CLOCK);
	}

	private static HttpHeaders headers(String value) {
		HttpHeaders headers = new HttpHeaders();
		headers.set("Retry-After", value);
		return headers;
	}

}
