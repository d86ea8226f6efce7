package dev.throttle.http;

import java.net.http.HttpResponse;

import dev.throttle.PlanResolver;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What operators see and change of plans at the endpoint.
 */
class EndpointPlanTests {

	private static final String USER = "/actuator/throttles/user";

	@Test
	void operatorReadsPlansAndChangesTheRateOfOne() {
		try (RunningApplication application = RunningApplication.start(PlanTests.Application.class,
				"throttle.rates.user=3/hour", "throttle.plans.pro.rates.user=5/hour, 50/calendar-day",
				"throttle.plans.pro.clients=user:paula", "throttle.exclude-paths=/actuator/**",
				"management.endpoints.web.exposure.include=throttles",
				"management.endpoint.throttles.access=unrestricted")) {
			Caller operator = application.caller();
			Caller paula = operator.as("paula");
			assertThat(limit(paula)).isEqualTo("5");
			assertThat(operator.get("/actuator/throttles").body())
				.contains("\"plans\":{\"pro\":{\"rates\":{\"user\":{\"rate\":\"5/hour, 50/calendar-day\"}},"
						+ "\"clients\":{\"authorities\":[],\"clients\":[\"user:paula\"],\"resolvers\":[]}}}");
			assertThat(operator.get(USER + "?client=user:paula&plan=pro").body()).contains("\"plan\":\"pro\"",
					"\"rate\":\"5/hour\",\"limit\":5,\"used\":1", "\"rate\":\"50/calendar-day\",\"limit\":50,\"used\":1");
			assertThat(operator.post(USER, "{\"rate\":\"9/hour\",\"plan\":\"pro\"}").body()).isEqualTo(
					"{\"scope\":\"user\",\"plan\":\"pro\",\"rate\":{\"rate\":\"9/hour\",\"configured\":\"5/hour, 50/calendar-day\"}}");
			assertThat(limit(paula)).isEqualTo("9");
			assertThat(limit(operator.as("una"))).isEqualTo("3");
			assertThat(operator.post(USER, "{\"rate\":\"configured\",\"plan\":\"pro\"}").statusCode()).isEqualTo(200);
			assertThat(limit(paula)).isEqualTo("5");
			HttpResponse<String> unknown = operator.post(USER, "{\"rate\":\"9/hour\",\"plan\":\"prp\"}");
			assertThat(unknown.statusCode()).isEqualTo(400);
			assertThat(unknown.body()).contains("There is no plan 'prp' (did you mean 'pro'?). Write one of 'pro'.");
		}
	}

	@Test
	void resolversAreNamedAsTheirBeansInTheirOrder() {
		try (RunningApplication application = RunningApplication.start(Resolvers.class, "throttle.rates.user=3/hour",
				"throttle.plans.pro.rates.user=5/hour", "management.endpoints.web.exposure.include=throttles")) {
			assertThat(application.caller().get("/actuator/throttles").body())
				.contains("\"resolvers\":[\"subscriptions\",\"accounts\"]");
		}
	}

	private static String limit(Caller caller) {
		return caller.get("/plain").headers().firstValue("X-RateLimit-Limit").orElseThrow();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(PlanTests.Application.class)
	static class Resolvers {

		@Bean
		@Order(2)
		PlanResolver accounts() {
			return (request) -> null;
		}

		@Bean
		@Order(1)
		PlanResolver subscriptions() {
			return (request) -> null;
		}

	}

}
