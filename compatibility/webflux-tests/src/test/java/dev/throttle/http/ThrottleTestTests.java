package dev.throttle.http;

import java.time.Duration;
import java.time.Instant;

import dev.throttle.test.ThrottleClock;
import dev.throttle.test.context.ThrottleTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

import static dev.throttle.test.reactive.ThrottledExpectation.throttled;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What {@link ThrottleTest @ThrottleTest} does.
 */
@ThrottleTest
@SpringBootTest(classes = TestedApplication.class, properties = "throttle.rates.uploads=1/min")
class ThrottleTestTests {

	private final WebTestClient client;

	ThrottleTestTests(@Autowired ApplicationContext context) {
		this.client = WebTestClient.bindToApplicationContext(context).build();
	}

	@RepeatedTest(2)
	void eachTestBeginsWithNothingUsed() {
		upload(this.client).expectStatus().isOk();
		upload(this.client).expectAll(throttled().by("uploads").retryAfter(60));
	}

	@Test
	void timePassesWhenTheTestMovesTheClock(@Autowired ThrottleClock clock) {
		upload(this.client).expectStatus().isOk();
		clock.advance(Duration.ofSeconds(59));
		upload(this.client).expectAll(throttled().retryAfter(1));
		clock.advance(Duration.ofSeconds(1));
		upload(this.client).expectStatus().isOk();
	}

	@Test
	void headersAgreeWithTheClock(@Autowired ThrottleClock clock) {
		clock.set(Instant.ofEpochSecond(1_900_000_000));
		upload(this.client).expectHeader().valueEquals("X-RateLimit-Reset", "1900000060");
		clock.advance(Duration.ofSeconds(30));
		upload(this.client).expectAll(throttled().retryAfter(30),
				(response) -> response.expectHeader().valueEquals("X-RateLimit-Reset", "1900000060"));
	}

	@Test
	@ThrottleTest(enabled = false)
	void methodWithoutLimits() {
		upload(this.client).expectStatus().isOk();
		upload(this.client).expectStatus().isOk().expectHeader().doesNotExist("X-RateLimit-Limit");
	}

	@Test
	void wrongExpectationsFail() {
		assertThatThrownBy(() -> upload(this.client).expectAll(throttled())).isInstanceOf(AssertionError.class);
		assertThatThrownBy(() -> upload(this.client).expectAll(throttled().by("exports")))
			.isInstanceOf(AssertionError.class)
			.hasMessageContaining("Expecting 'exports' among the violated-policies of the problem: {\"type\"");
		assertThatThrownBy(() -> upload(this.client).expectAll(throttled().retryAfter(59)))
			.isInstanceOf(AssertionError.class);
	}

	private static ResponseSpec upload(WebTestClient client) {
		return client.post().uri("/uploads").exchange();
	}

	@Nested
	@SpringBootTest(classes = TestedApplication.class,
			properties = { "throttle.rates.uploads=1/min", "throttle.rates.address=1/min" })
	class WithAFilter {

		@RepeatedTest(2)
		void eachTestBeginsWithNothingUsedInTheFilter(@Autowired ApplicationContext context) {
			WebTestClient filtered = WebTestClient.bindToApplicationContext(context).build();
			filtered.post().uri("/chat").exchange().expectStatus().isOk();
			filtered.post().uri("/chat").exchange().expectAll(throttled().by("address").retryAfter(60));
		}

	}

	@Nested
	@ThrottleTest(enabled = false)
	class WithoutLimits {

		@Test
		void nothingIsLimited(@Autowired ApplicationContext context) {
			WebTestClient unlimited = WebTestClient.bindToApplicationContext(context).build();
			upload(unlimited).expectStatus().isOk();
			upload(unlimited).expectStatus().isOk();
		}

	}

}
