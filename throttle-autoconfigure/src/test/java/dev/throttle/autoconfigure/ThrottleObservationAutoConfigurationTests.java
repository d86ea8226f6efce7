package dev.throttle.autoconfigure;

import dev.throttle.web.ObservedDecisions;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleObservationAutoConfiguration}.
 */
class ThrottleObservationAutoConfigurationTests {

	private static final String BEAN = "throttleObservedDecisions";

	private final WebApplicationContextRunner withoutRegistry = WebApplications.small()
		.withConfiguration(AutoConfigurations.of(ThrottleObservationAutoConfiguration.class));

	private final WebApplicationContextRunner runner = this.withoutRegistry.withBean(ObservationRegistry.class,
			ObservationRegistry::create);

	@Test
	void observesWhereThereIsARegistry() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(ObservedDecisions.class));
	}

	@Test
	void observesNothingWithoutARegistry() {
		this.withoutRegistry.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BEAN));
	}

	@Test
	void observesNothingWithoutMicrometer() {
		this.withoutRegistry.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BEAN));
	}

	@Test
	void observesNothingOutsideOfServlets() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class,
					ThrottleWebMvcAutoConfiguration.class, ThrottleObservationAutoConfiguration.class))
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BEAN));
	}

	@Test
	void applicationsOwnBeanIsTaken() {
		this.runner
			.withBean("own", ObservedDecisions.class,
					() -> new ObservedDecisions(Observation.Context.class, (request) -> null))
			.run((context) -> assertThat(context).hasSingleBean(ObservedDecisions.class).hasBean("own"));
	}

}
