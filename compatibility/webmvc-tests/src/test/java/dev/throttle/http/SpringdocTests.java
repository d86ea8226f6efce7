package dev.throttle.http;

import java.io.IOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What springdoc says of a handler that settles its cost, and of the usage.
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

	@Test
	void usageIsDocumentedWithItsSchema() throws IOException {
		try (RunningApplication application = RunningApplication.start(ReservationApplication.class,
				"spring.profiles.active=springdoc", "throttle.rates.tokens=100/min", "throttle.rates.requests=5/min",
				"throttle.usage.path=/rate-limit")) {
			JsonNode documented = new ObjectMapper().readTree(application.caller().get("/v3/api-docs").body());
			JsonNode get = documented.at("/paths/~1rate-limit/get");
			assertThat(get.has("parameters")).isFalse();
			assertThat(get.at("/responses/200/content/application~1json/schema/$ref").asText())
				.isEqualTo("#/components/schemas/Usage");
			assertThat(documented.at("/components/schemas/Usage/properties/quotas/items/$ref").asText())
				.isEqualTo("#/components/schemas/QuotaUsage");
			assertThat(documented.at("/components/schemas/QuotaUsage/properties").fieldNames()).toIterable()
				.containsExactlyInAnyOrder("scope", "policy", "window", "unit", "limit", "remaining", "used", "reset");
		}
	}

}
