package dev.throttle.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnknownProperties}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnknownPropertiesTests {

	private final WebApplicationContextRunner runner = WebApplications.small();

	@Test
	void propertiesThatCanOnlyBeTheApplicationsOwnAreLeftAlone(CapturedOutput output) {
		this.runner
			.withPropertyValues("throttle.max-uploads=5", "throttle.valve.angle=30", "throttle.rates.anon=1/s",
					"throttle.headers=none")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(ThrottleProperties.class).getHeaders())
					.isEqualTo(ThrottleProperties.Headers.NONE);
			});
		assertThat(output).containsOnlyOnce(
				"Ignoring properties under 'throttle' that are not similar to any property of Throttle: 'throttle.max-uploads', 'throttle.valve.angle'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle.enable=false", "throttle.timeout=1s", "throttle.memory.whatever=1",
			"throttle.limits.anon=100/hour", "throttle.anon=60/min, 1000/day" })
	void propertyThatMayBeOneOfOursKeepsTheApplicationFromStarting(String property) {
		String name = property.substring(0, property.indexOf('='));
		this.runner.withPropertyValues("throttle.max-uploads=5", property)
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.startsWith("Unknown property '" + name + "'")
				.doesNotContain("max-uploads"));
	}

	@Test
	void reportSaysWhatToSetWhereThereAreNoRates(CapturedOutput output) {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output)
			.contains("Throttling 0 of 0 handlers: scopedRateThrottle 0; no rates: set 'throttle.rates.*'");
	}

}
