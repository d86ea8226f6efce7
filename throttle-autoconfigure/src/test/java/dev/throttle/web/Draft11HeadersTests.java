package dev.throttle.web;

import java.time.Duration;

import dev.throttle.Verdict;
import dev.throttle.backend.Outcome;
import dev.throttle.engine.Decision;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Draft11Headers}.
 */
class Draft11HeadersTests {

	/**
	 * An item of a list: a string with integers and strings as parameters, as RFC 9651,
	 * section 4.1, serialises it.
	 */
	private static final String ITEM = "\"[ -~&&[^\"\\\\]]*\"(;[a-z]=\\d{1,15}|;qu=\"[a-z-]+\")+";

	private static final String LIST = ITEM + "(, " + ITEM + ")*";

	private final Draft11Headers headers = new Draft11Headers();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void oneItemPerQuota() {
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, Duration.ofSeconds(30)),
				Decisions.allowed("user-day", "1000/day", 900, Duration.ofHours(2))));
		assertHeaders("\"user\";q=60;w=60, \"user-day\";q=1000;w=86400",
				"\"user\";r=12;t=30, \"user-day\";r=900;t=7200");
	}

	@Test
	void resetIsRoundedUp() {
		write(Decisions.of(Decisions.allowed("user", "5/s", 4, Duration.ofNanos(1))));
		assertHeaders("\"user\";q=5;w=1", "\"user\";r=4;t=1");
	}

	@Test
	void denial() {
		write(Decisions.of(Decisions.denied("user", "60/min", Duration.ofMillis(20_001)),
				Decisions.allowed("anon", "0/h", 0, Duration.ZERO)));
		assertHeaders("\"user\";q=60;w=60, \"anon\";q=0;w=3600", "\"user\";r=0;t=21, \"anon\";r=0;t=0");
	}

	@Test
	void quotaThatIsNeverFree() {
		write(Decisions
			.of(new Decisions.Use("burst", "5/s", new Outcome(false, 3, Outcome.NEVER, 1_000_000_000, null))));
		assertHeaders("\"burst\";q=5;w=1", "\"burst\";r=3;t=1");
	}

	@Test
	void largestRate() {
		write(Decisions.of(Decisions.denied("user", "999999999999999/36500d", Duration.ofDays(36_500))));
		assertHeaders("\"user\";q=999999999999999;w=3153600000", "\"user\";r=0;t=3153600000");
	}

	@Test
	void quotaOfBytesHasItsUnit() {
		write(Decisions.of(Decisions.allowed("uploads", "10MB/day", 9_000_000, Duration.ofSeconds(30)),
				Decisions.allowed("user", "60/min", 12, Duration.ofSeconds(30))));
		assertHeaders("\"uploads\";q=10485760;qu=\"content-bytes\";w=86400, \"user\";q=60;w=60",
				"\"uploads\";r=9000000;t=30, \"user\";r=12;t=30");
	}

	@Test
	void windowOfTheCalendarHasNoLength() {
		write(Decisions.of(Decisions.denied("exports", "100/calendar-month", Duration.ofDays(12)),
				Decisions.allowed("uploads", "10MB/calendar-day", 9_000_000, Duration.ofSeconds(30))));
		assertHeaders("\"exports\";q=100, \"uploads\";q=10485760;qu=\"content-bytes\"",
				"\"exports\";r=0;t=1036800, \"uploads\";r=9000000;t=30");
	}

	@Test
	void policyThatTwoThrottlesShareIsNamedOnce() {
		write(Decisions.of(Decisions.allowed("uploads", "5/s", 4, Duration.ofSeconds(1)),
				Decisions.allowed("uploads", "5/s", 4, Duration.ofSeconds(1))));
		assertHeaders("\"uploads\";q=5;w=1", "\"uploads\";r=4;t=1");
	}

	@Test
	void everySpellingOfScopeIsAString() {
		write(Decisions.of(Decisions.allowed("Api_Key.v1-x", "5/s", 4, Duration.ofSeconds(1))));
		assertHeaders("\"Api_Key.v1-x\";q=5;w=1", "\"Api_Key.v1-x\";r=4;t=1");
	}

	@Test
	void throttleThatCountsNothingHasNoHeaders() {
		write(Decisions.of((request) -> Verdict.deny()));
		assertThat(this.response.getHeaderNames()).isEmpty();
	}

	@Test
	void scriptsOfOtherOriginsMayReadThemWhereTheyMayReadTheAnswer() {
		this.response.setHeader("Access-Control-Allow-Origin", "https://example.org");
		write(Decisions.of(Decisions.allowed("user", "60/min", 12, Duration.ZERO)));
		assertThat(this.response.getHeader("Access-Control-Expose-Headers")).isEqualTo("RateLimit-Policy, RateLimit");
	}

	private void write(Decision decision) {
		new MockResponseHeaders(this.response).write(this.headers, decision);
	}

	private void assertHeaders(String policy, String limit) {
		assertThat(this.response.getHeaders("RateLimit-Policy")).containsExactly(policy);
		assertThat(this.response.getHeaders("RateLimit")).containsExactly(limit);
		assertThat(policy).matches(LIST);
		assertThat(limit).matches(LIST);
	}

}
