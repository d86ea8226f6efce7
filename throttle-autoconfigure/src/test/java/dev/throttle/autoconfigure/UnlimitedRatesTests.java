package dev.throttle.autoconfigure;

import java.util.List;

import dev.throttle.Throttle;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that whatever names a scope may stay where a profile takes its limit away.
 */
class UnlimitedRatesTests {

	private final WebApplicationContextRunner runner = WebApplications.small().withBean(UploadController.class);

	@Test
	void shadowsAndFailuresMayBeSetForScope() {
		for (String property : List.of("throttle.scopes.uploads.shadow=true", "throttle.scopes.uploads.shadow-rate=1/s",
				"throttle.scopes.uploads.on-failure=deny")) {
			this.runner
				.withPropertyValues("throttle.rates.uploads=unlimited", "throttle.backend=redis",
						"throttle.client.hash-secret=secret", property)
				.withBean("cacheBackend", StartupFailureTests.SharedBackend.class)
				.run((context) -> assertThat(context).as(property).hasNotFailed());
		}
	}

	@Test
	void throttleOfScopeMayBeAbsent() {
		this.runner.withPropertyValues("throttle.rates.uploads=1/s", "throttle.rates.tenant=")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void misspeltScopeKeepsTheApplicationFromStarting() {
		this.runner.withPropertyValues("throttle.rates.uploads=1/s", "throttle.rates.uplods=unlimited")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.isEqualTo(
						"The property 'throttle.rates.uplods' removes a limit, but no throttle and no handler has that scope (did you mean 'uploads'?)."));
	}

	@Test
	void whatIsNearlyUnlimitedIsNoRate() {
		this.runner.withPropertyValues("throttle.rates.uploads=unlimitd")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.startsWith("The property 'throttle.rates.uploads' is 'unlimitd', which is not a rate."));
	}

	@RestController
	static class UploadController {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String upload() {
			return "stored";
		}

	}

}
