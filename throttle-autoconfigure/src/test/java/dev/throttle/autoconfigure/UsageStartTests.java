package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.throttle.engine.ThrottleEngine;
import dev.throttle.usage.UsageReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for where clients are told their usage, and for what stops the start, on both web
 * stacks.
 */
class UsageStartTests {

	private static final List<String> CONTROLLERS = List.of("dev.throttle.servlet.UsageController",
			"dev.throttle.reactive.UsageController");

	static Stream<AbstractApplicationContextRunner<?, ?, ?>> stacks() {
		return Stream.of(WebApplications.small().withUserConfiguration(Plain.class),
				ReactiveApplications.small().withUserConfiguration(Plain.class));
	}

	static Stream<Arguments> wrongPaths() {
		return stacks()
			.flatMap((runner) -> Stream
				.of("rate-limit", "/", "", "/rate-limit/", "/{user}/usage", "/usage/**", "false", "/usage?client=me",
						"/a b")
				.map((path) -> Arguments.of(runner, path)));
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void usageIsServedWhereThePathIsSet(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withPropertyValues("throttle.rates.user=5/min", "throttle.usage.path=/rate-limit").run((context) -> {
			assertThat(controllers(context)).hasSize(1);
			assertThat(context).hasBean("throttleUsageReader");
		});
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void withoutAPathOnlyTheApplicationCanReadIt(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withPropertyValues("throttle.rates.user=5/min").run((context) -> {
			assertThat(controllers(context)).isEmpty();
			assertThat(context.getBean(UsageReader.class)).isNotNull();
			assertThat(context.getBean(ThrottleEngine.class)).isNotNull();
		});
	}

	@ParameterizedTest
	@MethodSource("wrongPaths")
	void pathThatIsNoneStopsTheStart(AbstractApplicationContextRunner<?, ?, ?> runner, String path) {
		FailureAnalysis failure = failure(runner.withPropertyValues("throttle.usage.path=" + path));
		assertThat(failure.getDescription()).isEqualTo("The property 'throttle.usage.path' is '" + path
				+ "', which is not a path without patterns that begins with a slash.");
		assertThat(failure.getAction()).isEqualTo("Write a path such as '/rate-limit', or remove the property.");
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void pathOfAnotherHandlerStopsTheStart(AbstractApplicationContextRunner<?, ?, ?> runner) {
		FailureAnalysis failure = failure(
				runner.withUserConfiguration(Taken.class).withPropertyValues("throttle.usage.path=/taken"));
		assertThat(failure.getDescription()).contains("throttle.usage.path", "'/taken'", Taken.class.getName());
	}

	@ParameterizedTest
	@MethodSource("stacks")
	void pathMayBeThatOfAnotherMethod(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withUserConfiguration(Taken.class)
			.withPropertyValues("throttle.usage.path=/sent", "throttle.rates.user=5/min")
			.run((context) -> assertThat(controllers(context)).hasSize(1));
	}

	private static FailureAnalysis failure(AbstractApplicationContextRunner<?, ?, ?> runner) {
		return StartupFailures.failure(runner.withPropertyValues("throttle.rates.user=5/min"));
	}

	private static Map<String, Object> controllers(ApplicationContext context) {
		Map<String, Object> controllers = new TreeMap<>(context.getBeansWithAnnotation(RestController.class));
		controllers.values().removeIf((controller) -> !CONTROLLERS.contains(controller.getClass().getName()));
		return controllers;
	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	@RestController
	static class Taken {

		@GetMapping("/taken")
		String taken() {
			return "taken";
		}

		@PostMapping("/sent")
		String sent() {
			return "sent";
		}

	}

}
