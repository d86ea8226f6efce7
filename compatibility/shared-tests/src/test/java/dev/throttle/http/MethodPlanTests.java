package dev.throttle.http;

import java.util.List;
import java.util.stream.Stream;

import dev.throttle.Throttle;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The plan of the user whose request calls a method with a limit.
 */
class MethodPlanTests {

	@Test
	void userOfAMethodHasThePlanOfAnAuthority() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"spring.profiles.active=security", "throttle.rates.exports=1/hour",
				"throttle.plans.pro.rates.exports=3/hour", "throttle.plans.pro.authorities=PLAN_PRO")) {
			assertThat(statuses(FilterSecurityTests.as(application.caller(), "paula-PLAN_PRO", "correct")))
				.containsExactly(200, 200, 200, 429);
			assertThat(statuses(FilterSecurityTests.as(application.caller(), "una", "correct"))).containsExactly(200,
					429, 429, 429);
		}
	}

	private static List<Integer> statuses(Caller caller) {
		return Stream.generate(() -> caller.get("/export").statusCode()).limit(4).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ SecurityRules.class, FilterSecurityTests.Passwords.class, Exports.class, ExportHandlers.class })
	static class Application {

	}

	static class Exports {

		@Throttle(scope = "exports")
		public Mono<String> export() {
			return Mono.just("exported");
		}

	}

	@RestController
	static class ExportHandlers {

		private final Exports exports;

		ExportHandlers(Exports exports) {
			this.exports = exports;
		}

		@GetMapping("/export")
		Mono<String> export() {
			return this.exports.export();
		}

	}

}
