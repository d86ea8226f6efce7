package dev.throttle.autoconfigure;

import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JdbcInitializationDetector}.
 */
class JdbcInitializationDetectorTests {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final MockEnvironment environment = new MockEnvironment();

	JdbcInitializationDetectorTests() {
		this.beanFactory.registerBeanDefinition("cacheBackend", new RootBeanDefinition());
	}

	@AfterEach
	void endProcessing() {
		System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
	}

	@Test
	void backendWaitsForTheTablesIfItIsChosen() {
		assertThat(detect()).isEmpty();
		this.environment.setProperty("throttle.backend", "jdbc");
		assertThat(detect()).containsExactly("cacheBackend");
	}

	@Test
	void backendThatIsChosenAfterAheadOfTimeProcessingWaitsForTheTables() {
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		assertThat(detect()).containsExactly("cacheBackend");
		this.beanFactory.setBeanClassLoader(new FilteredClassLoader("dev.throttle.backend.jdbc"));
		assertThat(detect()).isEmpty();
	}

	private Set<String> detect() {
		return new JdbcInitializationDetector(this.environment).detect(this.beanFactory);
	}

}
