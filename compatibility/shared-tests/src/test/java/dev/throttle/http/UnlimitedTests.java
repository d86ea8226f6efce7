package dev.throttle.http;

import java.util.stream.IntStream;

import dev.throttle.AnonRateThrottle;
import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limits that a profile takes away, and an operator.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnlimitedTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "unlimited", " Unlimited " })
	void everyKindOfLimitCanBeTakenAway(String unlimited, CapturedOutput output) {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.anon=" + unlimited, "throttle.rates.tenant=" + unlimited,
				"throttle.rates.uploads=" + unlimited, "throttle.rates.reports=" + unlimited,
				"exports.rate=" + unlimited, "throttle.rates.user=20/hour",
				"throttle.defaults=anonRateThrottle,userRateThrottle,tenantThrottle",
				"throttle.scopes.user.shadow-rate=" + unlimited, "logging.level.dev.throttle=info")) {
			Caller caller = application.caller().with("X-Tenant", "acme");
			for (String path : new String[] { "/anon", "/tenant", "/uploads", "/reports", "/exports" }) {
				assertThat(statuses(caller, path, 3)).as(path).containsOnly(200);
			}
			assertThat(caller.remaining("/uploads")).as("user still counts").isEqualTo(20 - 3 * 3 - 1);
		}
		assertThat(output).contains("; unlimited: anon, exports, reports, tenant, uploads");
	}

	@Test
	void operatorTakesLimitAwayAndSetsOneWhereThereIsNone() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"throttle.rates.tenant=unlimited", "throttle.rates.anon=unlimited", "throttle.rates.uploads=1/hour",
				"throttle.rates.user=1000/hour", "management.endpoints.web.exposure.include=throttles",
				"management.endpoint.throttles.access=unrestricted", "throttle.exclude-paths=/actuator/**")) {
			Caller caller = application.caller();
			assertThat(statuses(caller, "/uploads", 2)).containsExactly(200, 429);
			assertThat(
					caller.post("/actuator/throttles/uploads", "{\"rate\":\"unlimited\",\"duration\":\"1h\"}").body())
				.startsWith(
						"{\"scope\":\"uploads\",\"rate\":{\"rate\":\"unlimited\",\"configured\":\"1/hour\",\"until\":");
			assertThat(statuses(caller, "/uploads", 2)).containsExactly(200, 200);
			assertThat(caller.get("/actuator/throttles").body()).contains("\"uploads\":{\"rate\":\"unlimited\",",
					"\"tenant\":{\"rate\":\"unlimited\"}", "\"scopes\":{\"uploads\":\"unlimited\"}");
			caller.post("/actuator/throttles/uploads", "{\"rate\":\"configured\"}");
			assertThat(statuses(caller, "/uploads", 1)).containsExactly(429);

			Caller acme = caller.with("X-Tenant", "acme");
			assertThat(caller.get("/actuator/throttles/tenant?client=tenant:acme").body())
				.isEqualTo("{\"scope\":\"tenant\",\"rate\":{\"rate\":\"unlimited\"},\"clients\":[]}");
			assertThat(caller.post("/actuator/throttles/tenant", "{\"rate\":\"2/hour\"}").body())
				.isEqualTo("{\"scope\":\"tenant\",\"rate\":{\"rate\":\"2/hour\",\"configured\":\"unlimited\"}}");
			assertThat(statuses(acme, "/plain", 3)).containsExactly(200, 200, 429);
		}
	}

	private static int[] statuses(Caller caller, String path, int requests) {
		return IntStream.range(0, requests).map((i) -> caller.get(path).statusCode()).toArray();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

		@Bean
		TenantThrottle tenantThrottle() {
			return new TenantThrottle();
		}

	}

	static class TenantThrottle extends SimpleRateThrottle {

		TenantThrottle() {
			super("tenant");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/anon")
		@Throttle(use = AnonRateThrottle.class)
		String anon() {
			return "anon";
		}

		@GetMapping("/tenant")
		@Throttle(use = TenantThrottle.class)
		String tenant() {
			return "tenant";
		}

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/reports")
		@Throttle(scope = "reports", rate = "1/hour")
		String reports() {
			return "reports";
		}

		@GetMapping("/exports")
		@Throttle(scope = "exports", rate = "${exports.rate:1/hour}")
		String exports() {
			return "exports";
		}

	}

}
