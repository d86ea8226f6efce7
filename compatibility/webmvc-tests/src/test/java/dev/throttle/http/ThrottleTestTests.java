package dev.throttle.http;

import java.time.Duration;
import java.time.Instant;

import dev.throttle.test.ThrottleClock;
import dev.throttle.test.context.ThrottleTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

import static dev.throttle.test.servlet.ThrottledMatcher.throttled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What {@link ThrottleTest @ThrottleTest} does.
 */
@ThrottleTest
@SpringBootTest(classes = TestedApplication.class, properties = "throttle.rates.uploads=1/min")
class ThrottleTestTests {

	private final MockMvcTester mvc;

	ThrottleTestTests(@Autowired WebApplicationContext context) {
		this.mvc = MockMvcTester.from(context);
	}

	@RepeatedTest(2)
	void eachTestBeginsWithNothingUsed() {
		assertThat(this.mvc.post().uri("/uploads")).hasStatus(200);
		assertThat(this.mvc.post().uri("/uploads")).matches(throttled().by("uploads").retryAfter(60));
	}

	@Test
	void timePassesWhenTheTestMovesTheClock(@Autowired ThrottleClock clock) {
		assertThat(this.mvc.post().uri("/uploads")).hasStatus(200);
		clock.advance(Duration.ofSeconds(59));
		assertThat(this.mvc.post().uri("/uploads")).matches(throttled().retryAfter(1));
		clock.advance(Duration.ofSeconds(1));
		assertThat(this.mvc.post().uri("/uploads")).hasStatus(200);
	}

	@Test
	void headersAgreeWithTheClock(@Autowired ThrottleClock clock) {
		clock.set(Instant.ofEpochSecond(1_900_000_000));
		assertThat(this.mvc.post().uri("/uploads")).hasStatus(200).hasHeader("X-RateLimit-Reset", "1900000060");
		clock.advance(Duration.ofSeconds(30));
		assertThat(this.mvc.post().uri("/uploads")).matches(throttled().retryAfter(30))
			.hasHeader("X-RateLimit-Reset", "1900000060");
	}

	@Test
	@ThrottleTest(enabled = false)
	void methodWithoutLimits() {
		assertThat(this.mvc.post().uri("/uploads")).hasStatus(200);
		assertThat(this.mvc.post().uri("/uploads")).hasStatus(200).doesNotContainHeader("X-RateLimit-Limit");
	}

	@Test
	void wrongExpectationsFail() {
		assertThatThrownBy(() -> assertThat(this.mvc.post().uri("/uploads")).matches(throttled()))
			.isInstanceOf(AssertionError.class);
		assertThatThrownBy(() -> assertThat(this.mvc.post().uri("/uploads")).matches(throttled().by("exports")))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("Expecting 'exports' among the violated-policies of the problem: {\"type\"");
		assertThatThrownBy(() -> assertThat(this.mvc.post().uri("/uploads")).matches(throttled().retryAfter(59)))
			.isInstanceOf(AssertionError.class);
	}

	@Nested
	@ThrottleTest(enabled = false)
	class WithoutLimits {

		@Test
		void nothingIsLimited(@Autowired WebApplicationContext context) {
			MockMvcTester unlimited = MockMvcTester.from(context);
			assertThat(unlimited.post().uri("/uploads")).hasStatus(200);
			assertThat(unlimited.post().uri("/uploads")).hasStatus(200);
		}

	}

	@Nested
	@SpringBootTest(classes = TestedApplication.class,
			properties = { "throttle.rates.uploads=1/min", "throttle.rates.address=1/min" })
	class WithAFilter {

		@RepeatedTest(2)
		void eachTestBeginsWithNothingUsedInTheFilter(@Autowired WebApplicationContext context) {
			MockMvcTester filtered = MockMvcTester.create(MockMvcBuilders.webAppContextSetup(context)
				.addFilters(context.getBean("throttleFilter", FilterRegistrationBean.class).getFilter())
				.build());
			assertThat(filtered.post().uri("/chat")).hasStatus(200);
			assertThat(filtered.post().uri("/chat")).matches(throttled().by("address").retryAfter(60));
		}

	}

	@Nested
	@ThrottleTest(reset = false)
	class WithoutReset {

		@RepeatedTest(2)
		void countsStayAndTheClockToo(RepetitionInfo repetition, @Autowired WebApplicationContext context,
				@Autowired ThrottleClock clock) {
			MockMvcTester kept = MockMvcTester.from(context);
			if (repetition.getCurrentRepetition() == 1) {
				clock.advance(Duration.ofMinutes(1));
				assertThat(kept.post().uri("/uploads")).hasStatus(200);
				clock.advance(Duration.ofSeconds(30));
			}
			else {
				assertThat(kept.post().uri("/uploads")).matches(throttled().by("uploads").retryAfter(30));
			}
		}

	}

}
