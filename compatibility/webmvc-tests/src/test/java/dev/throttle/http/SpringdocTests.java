package dev.throttle.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What springdoc says of a handler that settles its cost.
 */
class SpringdocTests {

	@Test
	void reservationIsNoParameter() {
		try (RunningApplication application = RunningApplication.start(ReservationApplication.class,
				"spring.profiles.active=springdoc", "throttle.rates.tokens=100/min", "throttle.rates.requests=5/min")) {
			String documented = application.caller().get("/v3/api-docs").body();
			assertThat(documented).contains("\"/chat\":", "\"name\":\"tokens\"")
				.doesNotContain("eservation\"", "requestBody");
		}
	}

}
