package dev.throttle.http;

import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.autoconfigure.ThrottleWebMvcAutoConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the documentation says of {@code @WebMvcTest}, whose package is another in each line.
 */
class WebMvcTestTests {

	private static final String RATE = "throttle.rates.uploads=1/hour";

	@Nested
	@WebMvcTest(properties = RATE)
	@ContextConfiguration(classes = TestedApplication.class)
	class Alone {

		@Test
		void nothingIsLimited(@Autowired MockMvcTester mvc) {
			assertThat(mvc.post().uri("/uploads")).hasStatus(200);
			assertThat(mvc.post().uri("/uploads")).hasStatus(200);
		}

		@Test
		void nothingIsReserved(@Autowired MockMvcTester mvc) {
			assertThat(mvc.post().uri("/chat")).hasStatus(200).hasBodyTextEqualTo("none");
		}

	}

	@Nested
	@WebMvcTest(properties = { RATE, "throttle.rates.exports=" })
	@ContextConfiguration(classes = TestedApplication.class)
	@ImportAutoConfiguration({ ThrottleAutoConfiguration.class, ThrottleWebMvcAutoConfiguration.class })
	class WithThrottle {

		@Test
		void limitsAreInForce(@Autowired MockMvcTester mvc) {
			assertThat(mvc.post().uri("/uploads")).hasStatus(200);
			assertThat(mvc.post().uri("/uploads")).hasStatus(429).hasHeader("Retry-After", "3600");
		}

		@Test
		void handlerSettlesWhatItReserved(@Autowired MockMvcTester mvc) {
			assertThat(mvc.post().uri("/chat")).hasBodyTextEqualTo("settled").hasHeader("X-RateLimit-Remaining", "5");
			assertThat(mvc.post().uri("/chat")).hasBodyTextEqualTo("settled").hasHeader("X-RateLimit-Remaining", "2");
		}

	}

}
