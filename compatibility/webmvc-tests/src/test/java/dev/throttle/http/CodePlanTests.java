package dev.throttle.http;

import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.limiter.RateLimiters;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The plan of the user whose request is handled where code counts the user.
 */
class CodePlanTests {

	@Test
	void userInCodeHasThePlanOfAnAuthority() {
		try (RunningApplication application = RunningApplication.start(Application.class,
				"spring.profiles.active=security", "throttle.rates.exports=1/hour",
				"throttle.plans.pro.rates.exports=3/hour", "throttle.plans.pro.authorities=PLAN_PRO")) {
			Caller paula = FilterSecurityTests.as(application.caller(), "paula-PLAN_PRO", "correct");
			assertThat(IntStream.range(0, 4).map((i) -> paula.get("/export").statusCode())).containsExactly(200, 200,
					200, 429);
			assertThat(application.bean(RateLimiters.class).scope("exports").peek(Client.user("una")).limit())
				.isEqualTo(1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ SecurityRules.class, FilterSecurityTests.Passwords.class, ExportHandlers.class })
	static class Application {

	}

	@RestController
	static class ExportHandlers {

		private final RateLimiters limiters;

		ExportHandlers(RateLimiters limiters) {
			this.limiters = limiters;
			limiters.scope("exports");
		}

		@GetMapping("/export")
		String export(HttpServletRequest request) {
			this.limiters.scope("exports").acquire(Client.user(request.getRemoteUser()));
			return "exported";
		}

	}

}
