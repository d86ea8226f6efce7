package dev.throttle.autoconfigure;

import dev.throttle.Throttle;
import dev.throttle.servlet.ScopedRoutes;
import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for handlers whose cost no limit of its scope has room for.
 */
class CostAboveTheLimitTests {

	private static final String CHAT = Chat.class.getName() + "#chat()";

	private final WebApplicationContextRunner runner = WebApplications.small();

	@Test
	void costAboveALimitStopsTheStart() {
		this.runner.withBean(Chat.class)
			.withPropertyValues("throttle.rates.tokens=100000/day, 3999/min")
			.run((context) -> {
				assertThat(context).hasFailed();
				FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
				assertThat(failure.getDescription()).isEqualTo("@Throttle on " + CHAT
						+ " declares the cost 4000 for the scope 'tokens', which has the rate '3999/min', so every request would be denied.");
				assertThat(failure.getAction()).isEqualTo("Lower the cost, or raise the limit of the rate.");
			});
	}

	@Test
	void costOfTheLimitStarts() {
		this.runner.withBean(Chat.class)
			.withPropertyValues("throttle.rates.tokens=4000/min")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void limitOfZeroAndNoLimitStart() {
		for (String rate : new String[] { "0/min", "unlimited" }) {
			this.runner.withBean(Chat.class)
				.withPropertyValues("throttle.rates.tokens=" + rate)
				.run((context) -> assertThat(context).hasNotFailed());
		}
	}

	@Test
	void costAboveTheRateOfTheAnnotationStopsTheStart() {
		this.runner.withBean(OwnRate.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("which has the rate '1/min', so every request would be denied."));
	}

	@Test
	void costAboveALimitThatCountsNothingStarts() {
		this.runner.withBean(Chat.class)
			.withPropertyValues("throttle.rates.tokens=1/min", "throttle.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void costOfARouteAboveALimitStopsTheStart() {
		WebApplications.full()
			.withUserConfiguration(Routes.class)
			.withPropertyValues("throttle.rates.tokens=3999/min")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining(
						"ScopedRoutes.of(\"tokens\", ...) declares the cost 4000 for the scope 'tokens'"));
	}

	@Test
	void costOfARouteIsPositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> ScopedRoutes.of("tokens", 0, Routes.route()))
			.withMessage("The cost of the scope 'tokens' must be a positive whole number but is 0");
	}

	@RestController
	static class Chat {

		@GetMapping("/chat")
		@Throttle(scope = "tokens", cost = 4000)
		String chat() {
			return "answer";
		}

	}

	@RestController
	static class OwnRate {

		@GetMapping("/chat")
		@Throttle(rate = "1/min", cost = 2)
		String chat() {
			return "answer";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Routes {

		@Bean
		RouterFunction<ServerResponse> routes() {
			return ScopedRoutes.of("tokens", 4000, route());
		}

		static RouterFunction<ServerResponse> route() {
			return RouterFunctions.route().GET("/chat", (request) -> ServerResponse.ok().build()).build();
		}

	}

}
