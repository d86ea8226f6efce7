package dev.throttle.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.CacheBackend;
import org.junit.jupiter.api.Test;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Backends get ready while the application starts.
 */
class WarmUpTests {

	private final List<Duration> warmUps = new ArrayList<>();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
		.withBean("cacheBackend", CacheBackend.class, RecordingBackend::new);

	@Test
	void backendIsWarmedUpOnceWithinTwoSeconds() {
		this.runner.run((context) -> assertThat(this.warmUps).containsExactly(Duration.ofSeconds(2)));
	}

	@Test
	void backendIsWarmedUpWhereBeansAreLazy() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> assertThat(this.warmUps).hasSize(1));
	}

	private final class RecordingBackend extends StartupFailureTests.SharedBackend {

		@Override
		public void warmUp(Duration atMost) {
			warmUps.add(atMost);
		}

	}

}
