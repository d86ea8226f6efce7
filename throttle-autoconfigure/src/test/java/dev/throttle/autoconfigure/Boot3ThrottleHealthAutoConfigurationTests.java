package dev.throttle.autoconfigure;

import dev.throttle.actuate.Boot3ThrottleHealthIndicator;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Boot3ThrottleHealthAutoConfiguration}.
 */
class Boot3ThrottleHealthAutoConfigurationTests {

	private static final String BEAN = "throttleHealthIndicator";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(ThrottleAutoConfiguration.class, Boot3ThrottleHealthAutoConfiguration.class));

	private final ApplicationContextRunner shared = this.runner.withBean("cacheBackend",
			StartupFailureTests.SharedBackend.class);

	@Test
	void sharedBackendHasHealth() {
		this.shared
			.run((context) -> assertThat(context).getBean(BEAN).isInstanceOf(Boot3ThrottleHealthIndicator.class));
	}

	@Test
	void backendOfThisProcessHasNone() {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeansOfType(Boot3ThrottleHealthIndicator.class)).isEmpty();
		});
	}

	@Test
	void applicationCanSwitchItOff() {
		this.shared.withPropertyValues("management.health.throttle.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BEAN));
	}

	@Test
	void applicationsOwnBeanIsTaken() {
		this.shared.withBean(BEAN, StringBuilder.class)
			.run((context) -> assertThat(context).getBean(BEAN).isInstanceOf(StringBuilder.class));
	}

	@Test
	void thereIsNoneWithoutActuator() {
		new ApplicationContextRunner().withUserConfiguration(Imported.class)
			.withBean("cacheBackend", StartupFailureTests.SharedBackend.class)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BEAN));
	}

	@Test
	void whereThrottlingIsOffTheNameOfTheBackendIsFree() {
		this.runner.withPropertyValues("throttle.enabled=false")
			.withBean("cacheBackend", StringBuilder.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void thereIsNoneWhereThrottlingIsOff() {
		this.shared.withPropertyValues("throttle.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeansOfType(Boot3ThrottleHealthIndicator.class)).isEmpty();
		});
	}

	/**
	 * Reads the auto-configurations as an application does, without loading what their
	 * annotations name.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ThrottleAutoConfiguration.class, Boot3ThrottleHealthAutoConfiguration.class })
	static class Imported {

	}

}
