package dev.throttle.autoconfigure;

import java.util.stream.Stream;

import dev.throttle.openapi.ThrottleOpenApiCustomizer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.GlobalOperationCustomizer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleOpenApiAutoConfiguration} on both web stacks.
 */
class ThrottleOpenApiAutoConfigurationTests {

	static Stream<AbstractApplicationContextRunner<?, ?, ?>> stacks() {
		return Stream.of(WebApplications.small(), ReactiveApplications.small())
			.map((runner) -> runner.withConfiguration(AutoConfigurations.of(ThrottleOpenApiAutoConfiguration.class))
				.withUserConfiguration(Plain.class)
				.withPropertyValues("throttle.rates.user=5/min"));
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void springdocIsCustomized(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.run((context) -> {
			assertThat(context.getBeanProvider(GlobalOpenApiCustomizer.class)).hasSize(1);
			assertThat(context.getBeanProvider(GlobalOperationCustomizer.class)).hasSize(1);
		});
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void nothingIsCustomizedIfItIsTurnedOff(AbstractApplicationContextRunner<?, ?, ?> runner) {
		Stream.of("throttle.openapi.enabled=false", "throttle.enabled=false")
			.forEach((property) -> runner.withPropertyValues(property)
				.run((context) -> assertThat(context.getBeanProvider(GlobalOpenApiCustomizer.class)).isEmpty()));
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void applicationWithoutSpringdocHasNothing(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withClassLoader(new FilteredClassLoader("org.springdoc", "io.swagger"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ThrottleOpenApiAutoConfiguration.class)
				.doesNotHaveBean("throttleOpenApiCustomizer"));
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void customizerOfTheApplicationReplacesTheOwn(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withUserConfiguration(Own.class)
			.run((context) -> assertThat(context.getBeanNamesForType(ThrottleOpenApiCustomizer.class))
				.containsExactly("own"));
	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Own {

		@Bean
		ThrottleOpenApiCustomizer own() {
			return new ThrottleOpenApiCustomizer(null, null);
		}

	}

}
