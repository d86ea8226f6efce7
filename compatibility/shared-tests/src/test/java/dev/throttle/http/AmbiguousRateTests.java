package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Rates that are put in force at {@code /actuator/throttles} and would share a count with
 * another policy.
 */
class AmbiguousRateTests {

	private static final String ENDPOINT = "/actuator/throttles/";

	private static RunningApplication application;

	@BeforeAll
	static void start() {
		application = start("throttle.rates.user=50/min", "throttle.rates.user1=50/min");
	}

	private static RunningApplication start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("management.endpoints.web.exposure.include=throttles", "spring.jmx.enabled=false",
				"management.endpoint.throttles.access=unrestricted"));
		return RunningApplication.start(Application.class, all.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		application.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';',
			value = { "user; '5/min, 1000/day'; @Throttle on dev.throttle.http.AmbiguousRateTests$Handlers#report()",
					"user; '5/min, 4/day'; @Throttle on dev.throttle.http.AmbiguousRateTests$Handlers#report()",
					"user; '5/min, 7/2h'; the throttle 'tenantThrottle'" })
	void rateThatWouldShareACountIsRefusedAndChangesNothing(String scope, String rate, String other) {
		Caller caller = application.caller().asNewcomer();
		HttpResponse<String> refused = application.caller().post(ENDPOINT + scope, "{\"rate\":\"" + rate + "\"}");
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.body()).contains("Two policies are called 'user", "the rate to be set for the scope 'user'",
				other);
		assertThat(IntStream.range(0, 5).mapToObj((i) -> caller.get("/report").statusCode())).containsExactly(200, 200,
				200, 200, 429);
	}

	@Test
	void rateThatWouldShareACountWithAnotherThatWasSetIsRefused() {
		Caller operator = application.caller();
		assertThat(operator.post(ENDPOINT + "user", "{\"rate\":\"50/min, 500/15min\"}").statusCode()).isEqualTo(200);
		HttpResponse<String> refused = operator.post(ENDPOINT + "user1", "{\"rate\":\"50/min, 500/5min\"}");
		assertThat(refused.statusCode()).isEqualTo(400);
		assertThat(refused.body()).contains("Two policies are called 'user", "the scope 'user1' says 500/5min");
		assertThat(operator.post(ENDPOINT + "user", "{\"rate\":\"configured\"}").statusCode()).isEqualTo(200);
		assertThat(operator.post(ENDPOINT + "user1", "{\"rate\":\"50/min, 500/5min\"}").statusCode()).isEqualTo(200);
		assertThat(operator.post(ENDPOINT + "user1", "{\"rate\":\"configured\"}").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource(delimiter = ';', value = {
			"throttle.rates.user=50/min, 4/day; the property 'throttle.rates.user' says 4/day, @Throttle on ",
			"throttle.rates.user=50/min, 7/2h; the property 'throttle.rates.user' says 7/2hour, the throttle 'tenantThrottle'" })
	void equalRatesThatWouldShareACountStopTheStart(String property, String message) {
		assertThatThrownBy(() -> start(property, "throttle.rates.user1=50/min")).hasStackTraceContaining(message);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

		@Bean
		TenantThrottle tenantThrottle() {
			return new TenantThrottle();
		}

	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("user-2hour", "7/2h");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/report")
		@Throttle(scope = "userday", rate = "4/day")
		String report() {
			return "report";
		}

		@GetMapping("/other")
		@Throttle(scope = "user1")
		String other() {
			return "other";
		}

	}

}
