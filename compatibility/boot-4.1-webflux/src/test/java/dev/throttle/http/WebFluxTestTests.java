package dev.throttle.http;

import dev.throttle.autoconfigure.ThrottleAutoConfiguration;
import dev.throttle.autoconfigure.ThrottleWebFluxAutoConfiguration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.webflux.test.autoconfigure.WebFluxTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;

/**
 * Handlers in {@code @WebFluxTest}, whose package is another in each line.
 */
class WebFluxTestTests {

	private static final String RATE = "throttle.rates.uploads=1/hour";

	@Nested
	@WebFluxTest(properties = RATE)
	@ContextConfiguration(classes = TestedApplication.class)
	class Alone {

		@Test
		void nothingIsReserved(@Autowired ApplicationContext context) {
			post(context, "none");
		}

	}

	@Nested
	@WebFluxTest(properties = RATE)
	@ContextConfiguration(classes = TestedApplication.class)
	@ImportAutoConfiguration({ ThrottleAutoConfiguration.class, ThrottleWebFluxAutoConfiguration.class })
	class WithThrottle {

		@Test
		void handlerSettlesWhatItReserved(@Autowired ApplicationContext context) {
			post(context, "settled").expectHeader().valueEquals("X-RateLimit-Remaining", "5");
			post(context, "settled").expectHeader().valueEquals("X-RateLimit-Remaining", "2");
		}

	}

	private static WebTestClient.ResponseSpec post(ApplicationContext context, String body) {
		WebTestClient.ResponseSpec response = WebTestClient.bindToApplicationContext(context)
			.build()
			.post()
			.uri("/chat")
			.exchange();
		response.expectStatus().isOk().expectBody(String.class).isEqualTo(body);
		return response;
	}

}
