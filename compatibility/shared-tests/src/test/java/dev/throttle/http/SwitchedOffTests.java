package dev.throttle.http;

import java.net.http.HttpResponse;
import java.util.Map;

import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.backend.CacheBackend;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ThrottledHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application in which throttling is switched off.
 */
@ExtendWith(OutputCaptureExtension.class)
class SwitchedOffTests {

	@Test
	void whatIsInjectedIsThereAndLimitsNothing(CapturedOutput output) {
		try (RunningApplication application = RunningApplication.start(Application.class, "throttle.enabled=false",
				"throttle.rates.anon=1/hour", "throttle.rates.misspelt=1/hour", "throttle.backend=redis",
				"management.endpoints.web.exposure.include=throttles,health",
				"management.endpoint.health.show-details=always", "logging.level.dev.throttle=info")) {
			Caller caller = application.caller();
			for (int i = 0; i < 3; i++) {
				HttpResponse<String> response = caller.get("/reports");
				assertThat(response.statusCode()).isEqualTo(200);
				assertThat(response.body()).isEqualTo("1/hour");
				assertThat(response.headers().map().keySet())
					.noneMatch((name) -> name.toLowerCase().contains("ratelimit"));
			}
			assertThat(caller.get("/actuator/throttles").body()).contains("\"throttles\":[]");
			assertThat(caller.get("/actuator/health").body()).doesNotContain("throttle");
		}
		assertThat(output).containsOnlyOnce("Throttling is off: 'throttle.enabled' is 'false'")
			.doesNotContain("Throttling 0 of");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handlers.class)
	static class Application {

	}

	@RestController
	static class Handlers {

		private final RateRegistry rates;

		Handlers(RateRegistry rates, ThrottleEngine engine, ThrottledHandlers handlers, CacheBackend backend,
				Map<String, CacheBackend> backends) {
			this.rates = rates;
		}

		@GetMapping("/reports")
		@Throttle(scope = "without-a-rate")
		String reports() {
			return this.rates.rates().policies(Scope.of("anon")).get(0).rate().toString();
		}

	}

}
