package dev.throttle.http;

import java.time.Duration;

import dev.throttle.Throttle;
import dev.throttle.ThrottledException;
import dev.throttle.test.ThrottleClock;
import dev.throttle.test.context.ThrottleTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.reactive.server.WebTestClient;

import static dev.throttle.test.reactive.ThrottledExpectation.throttled;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

/**
 * Tests with {@code @WebFluxTest}.
 */
class WebFluxTestTests {

	@Nested
	@WebFluxSlice(properties = { "throttle.rates.uploads=1/hour", "throttle.rates.exports=1/hour",
			"throttle.scopes.exports.headers=false", "throttle.defaults=scopedRateThrottle,tenantThrottle",
			"throttle.filter.throttles=partnerThrottle", "throttle.filter.include-paths=/api/**",
			"throttle.plans.pro.rates.uploads=10/hour", "throttle.backend=redis" })
	@ContextConfiguration(classes = TestedApplication.class)
	class LikeTheApplication {

		@Test
		void limitsAreInForce(@Autowired ApplicationContext context) {
			post(context, "/uploads").expectStatus().isOk();
			post(context, "/uploads").expectAll(throttled().by("uploads"));
		}

		@Test
		void handlerSettlesWhatItReserved(@Autowired ApplicationContext context) {
			post(context, "/chat").expectHeader().valueEquals("X-RateLimit-Remaining", "5");
			post(context, "/chat").expectHeader().valueEquals("X-RateLimit-Remaining", "2");
		}

	}

	@Nested
	@WebFluxSlice(properties = "throttle.rates.uploads=1/hour")
	@ContextConfiguration(classes = WithoutHandlers.Application.class)
	class WithoutHandlers {

		@Test
		void sliceNeedNotHaveALimitedHandler(@Autowired ApplicationContext context) {
			post(context, "/uploads").expectStatus().isNotFound();
		}

		@SpringBootConfiguration
		@EnableAutoConfiguration
		static class Application {

		}

	}

	@Nested
	@ThrottleTest
	@WebFluxSlice(properties = "throttle.rates.uploads=1/hour")
	@ContextConfiguration(classes = TestedApplication.class)
	class OnAClockOfItsOwn {

		@Test
		void timePassesWhenTheTestMovesTheClock(@Autowired ApplicationContext context, @Autowired ThrottleClock clock) {
			post(context, "/uploads").expectStatus().isOk();
			post(context, "/uploads").expectAll(throttled().by("uploads").retryAfter(3600));
			clock.advance(Duration.ofHours(1));
			post(context, "/uploads").expectStatus().isOk();
		}

	}

	@Nested
	@ThrottleTest(enabled = false)
	@WebFluxSlice(properties = "throttle.rates.uploads=1/hour")
	@ContextConfiguration(classes = TestedApplication.class)
	class WithoutLimits {

		@Test
		void nothingIsLimitedOrReserved(@Autowired ApplicationContext context) {
			post(context, "/uploads").expectStatus().isOk();
			post(context, "/uploads").expectStatus().isOk();
			post(context, "/chat").expectStatus().isOk().expectBody(String.class).isEqualTo("none");
		}

	}

	private static WebTestClient.ResponseSpec post(ApplicationContext context, String path) {
		return WebTestClient.bindToApplicationContext(context).build().post().uri(path).exchange();
	}

	@Nested
	@WebFluxSlice(properties = { "throttle.rates.uploads=1/hour", "throttle.rates.mails=1/hour" })
	@ContextConfiguration(classes = TestedApplication.class)
	@Import(MailService.class)
	class WithALimitedMethod {

		@Test
		void callsAreLimited(@Autowired MailService mails) {
			mails.send();
			assertThatExceptionOfType(ThrottledException.class).isThrownBy(mails::send);
		}

	}

	@Nested
	@WebFluxSlice(properties = { "throttle.rates.uploads=1/hour", "throttle.rates.mails=1/hour" })
	@ContextConfiguration(classes = TestedApplication.class)
	class WithAMockOfALimitedService {

		@MockitoBean
		MailService mails;

		@Test
		void callsOfTheMockAreNotLimited() {
			this.mails.send();
			this.mails.send();
			verify(this.mails, times(2)).send();
		}

	}

	static class MailService {

		@Throttle(scope = "mails")
		public void send() {
		}

	}

}
