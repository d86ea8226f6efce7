package dev.throttle.autoconfigure;

import java.util.Map;

import dev.throttle.backend.memory.MemoryCacheBackend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications that set properties of a store in which they do not count.
 */
@ExtendWith(OutputCaptureExtension.class)
class OtherStoresTests {

	private final WebApplicationContextRunner runner = WebApplications.small();

	@ParameterizedTest
	@CsvSource({ "throttle.redis.timeout, 200ms, redis", "throttle.jdbc.initialize-schema, always, jdbc" })
	void settingsOfAStoreWithoutBackendStopTheStart(String property, String value, String store) {
		this.runner.withPropertyValues(property + "=" + value).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription()).isEqualTo("The property '" + property
					+ "' is set, but 'throttle.backend' is not, so each process would count in its own memory.");
			assertThat(failure.getAction()).isEqualTo(
					"Set 'throttle.backend' to '" + store + "', or to 'memory' to count in each process separately.");
		});
	}

	@Test
	void settingOfAnEnvironmentVariableStopsTheStart() {
		this.runner.withInitializer(variables(Map.of("THROTTLE_REDIS_KNOWNDENIALS", "2s")))
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.startsWith("The property 'throttle.redis.known-denials' is set,"));
	}

	@Test
	void variablesThatKubernetesSetsForAServiceAreNoSettings() {
		this.runner
			.withInitializer(variables(Map.of("THROTTLE_REDIS_SERVICE_HOST", "10.0.0.7", "THROTTLE_REDIS_SERVICE_PORT",
					"6379", "THROTTLE_REDIS_PORT", "tcp://10.0.0.7:6379", "THROTTLE_REDIS_PORT_6379_TCP_PROTO", "tcp")))
			.run((context) -> assertThat(context).hasSingleBean(MemoryCacheBackend.class));
	}

	private static ApplicationContextInitializer<ConfigurableApplicationContext> variables(
			Map<String, Object> variables) {
		return (context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
	}

	@Test
	void settingsOfAnotherProfileAreIgnoredAndTheLogSaysSo(CapturedOutput output) {
		this.runner.withPropertyValues("throttle.redis.timeout=200ms", "throttle.backend=memory")
			.run((context) -> assertThat(context).hasSingleBean(MemoryCacheBackend.class));
		assertThat(output).containsOnlyOnce("Ignoring 'throttle.redis.*', because 'throttle.backend' is 'memory'");
	}

	@Test
	void nothingIsCheckedWhereThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.redis.timeout=200ms", "throttle.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

}
