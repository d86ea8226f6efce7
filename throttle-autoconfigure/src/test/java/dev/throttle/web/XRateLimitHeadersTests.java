package dev.throttle.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import dev.throttle.Verdict;
import dev.throttle.backend.Outcome;
import dev.throttle.engine.Decision;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link XRateLimitHeaders}.
 */
class XRateLimitHeadersTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final XRateLimitHeaders headers = new XRateLimitHeaders(
			Clock.fixed(Instant.ofEpochSecond(1_000), ZoneOffset.UTC));

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void allowedRequestIsToldWhatIsLeft() {
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, Duration.ofSeconds(30))));
		assertHeaders("60", "12", "1030");
	}

	@Test
	void resetIsRoundedUp() {
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, Duration.ofNanos(1))));
		assertHeaders("60", "12", "1001");
	}

	@Test
	void resetIsNowWhereAllPermitsAreFree() {
		write(Decisions.of(Decisions.allowed("user", "60/min", 60, Duration.ZERO)));
		assertHeaders("60", "60", "1000");
	}

	@Test
	void resetIsOfTheClockThatDecided() {
		write(Decisions.of(new Decisions.Use("user", "60/min",
				new Outcome(true, 1, 0, 500_000_000, Instant.ofEpochSecond(5_000, 600_000_000)))));
		assertHeaders("60", "1", "5002");
		write(Decisions.of(new Decisions.Use("user", "60/min",
				new Outcome(true, 1, 0, 400_000_000, Instant.ofEpochSecond(5_000, 600_000_000)))));
		assertHeaders("60", "1", "5001");
	}

	@Test
	void quotaWithLeastRemainingShareIsTold() {
		write(Decisions.of(Decisions.allowed("user", "60/min", 30, HOUR),
				Decisions.allowed("user-day", "1000/day", 400, HOUR), Decisions.allowed("anon", "10/min", 9, HOUR)));
		assertHeaders("1000", "400", "4600");
	}

	@Test
	void deniedRequestIsToldOfTheQuotaWithTheLongestWait() {
		write(Decisions.of(Decisions.denied("user", "60/min", Duration.ofSeconds(20)),
				Decisions.denied("user-day", "1000/day", Duration.ofSeconds(50)),
				Decisions.allowed("anon", "10/min", 0, HOUR)));
		assertHeaders("1000", "0", "1050");
	}

	@Test
	void quotaThatIsNeverFreeHasTheLongestWait() {
		write(Decisions.of(Decisions.denied("day", "1000/day", HOUR),
				new Decisions.Use("burst", "5/s", new Outcome(false, 5, Outcome.NEVER, 0, null))));
		assertHeaders("5", "5", "1000");
	}

	@Test
	void longestPeriodIsNoTrouble() {
		write(Decisions.of(Decisions.denied("user", "999999999999999/36500d", Duration.ofDays(36_500))));
		assertHeaders("999999999999999", "0", Long.toString(1_000 + 36_500L * 86_400));
	}

	@Test
	void throttleThatCountsNothingHasNoHeaders() {
		write(Decisions.of((request) -> Verdict.deny(HOUR)));
		write(Decisions.of((request) -> Verdict.allow()));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void scriptsOfOtherOriginsMayReadThemWhereTheyMayReadTheAnswer() {
		this.response.setHeader("Access-Control-Allow-Origin", "https://example.org");
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, HOUR)));
		assertThat(this.response.getHeader("Access-Control-Expose-Headers"))
			.isEqualTo("X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");
	}

	@Test
	void nothingIsExposedWithoutCors() {
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, HOUR)));
		assertThat(this.response.containsHeader("Access-Control-Expose-Headers")).isFalse();
	}

	@Test
	void exposedHeadersOfTheApplicationAreKept() {
		this.response.setHeader("Access-Control-Allow-Origin", "*");
		this.response.setHeader("Access-Control-Expose-Headers", "X-Mine");
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, HOUR)));
		assertThat(this.response.getHeaders("Access-Control-Expose-Headers")).hasSize(2).contains("X-Mine");
	}

	private void write(Decision decision) {
		new MockResponseHeaders(this.response).write(this.headers, decision);
	}

	private void assertHeaders(String limit, String remaining, String reset) {
		assertThat(this.response.getHeaders("X-RateLimit-Limit")).containsExactly(limit);
		assertThat(this.response.getHeaders("X-RateLimit-Remaining")).containsExactly(remaining);
		assertThat(this.response.getHeaders("X-RateLimit-Reset")).containsExactly(reset);
	}

}
