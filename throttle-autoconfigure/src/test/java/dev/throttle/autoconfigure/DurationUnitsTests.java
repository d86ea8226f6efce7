package dev.throttle.autoconfigure;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DurationUnits}.
 */
class DurationUnitsTests {

	private final WebApplicationContextRunner runner = WebApplications.small()
		.withConfiguration(AutoConfigurations.of(Boot3ThrottleHttpClientAutoConfiguration.class))
		.withPropertyValues("throttle.backend=memory", "throttle.outgoing.github.rate=5/s",
				"throttle.outgoing.github.host=api.github.com");

	@ParameterizedTest
	@ValueSource(strings = { "throttle.outgoing.github.max-wait", "throttle.http-client.retry.max-wait",
			"throttle.redis.timeout", "throttle.redis.known-denials", "throttle.jdbc.timeout",
			"throttle.jdbc.known-denials" })
	void numberWithoutUnitStopsTheStart(String property) {
		this.runner.withPropertyValues(property + "=2").run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription())
				.isEqualTo("The property '" + property + "' is '2', which has no unit.");
			assertThat(failure.getAction()).isEqualTo("Write '2s' for seconds or '2ms' for milliseconds.");
		});
		this.runner.withPropertyValues(property + "=2s").run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void durationOfTheApplicationNeedsNoUnit() {
		this.runner.withUserConfiguration(Archive.class)
			.withPropertyValues("throttle.archive.pause=500")
			.run((context) -> assertThat(context.getBean(ArchiveProperties.class).getPause()).hasMillis(500));
	}

	@Test
	void numberOfAPlaceholderNeedsAUnitToo() {
		this.runner.withPropertyValues("wait=2", "throttle.outgoing.github.max-wait=${wait}")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.isEqualTo("The property 'throttle.outgoing.github.max-wait' is '2', which has no unit."));
	}

	@Test
	void zeroNeedsNoUnit() {
		this.runner.withPropertyValues("throttle.outgoing.github.max-wait=0", "throttle.redis.known-denials=0")
			.run((context) -> assertThat(context.getBean(ThrottleProperties.class).getRedis().getKnownDenials())
				.isEqualTo(Duration.ZERO));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(ArchiveProperties.class)
	static class Archive {

	}

	/**
	 * Properties of an application whose prefix is below ours.
	 */
	@ConfigurationProperties("throttle.archive")
	public static class ArchiveProperties {

		private Duration pause = Duration.ZERO;

		public Duration getPause() {
			return this.pause;
		}

		public void setPause(Duration pause) {
			this.pause = pause;
		}

	}

}
