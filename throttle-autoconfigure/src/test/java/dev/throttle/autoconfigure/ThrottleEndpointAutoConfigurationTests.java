package dev.throttle.autoconfigure;

import dev.throttle.actuate.ThrottlesEndpoint;
import dev.throttle.actuate.ThrottlesWebEndpointExtension;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottleEndpointAutoConfiguration}.
 */
class ThrottleEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=throttles";

	private final WebApplicationContextRunner hidden = WebApplications.small()
		.withConfiguration(AutoConfigurations.of(ThrottleEndpointAutoConfiguration.class));

	private final WebApplicationContextRunner runner = this.hidden.withPropertyValues(EXPOSED);

	@Test
	void endpointIsThereWhereItIsExposed() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(ThrottlesEndpoint.class)
			.hasSingleBean(ThrottlesWebEndpointExtension.class));
	}

	@Test
	void endpointIsNotThereUnlessItIsExposed() {
		this.hidden.run(ThrottleEndpointAutoConfigurationTests::assertNothing);
	}

	@Test
	void endpointIsNotThereWithoutActuator() {
		WebApplications.small()
			.withUserConfiguration(Imported.class)
			.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run(ThrottleEndpointAutoConfigurationTests::assertNothing);
	}

	@Test
	void endpointShowsNoThrottlesWhereThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.enabled=false", "throttle.rates.anon=1/s").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(ThrottlesEndpoint.class).throttles().throttles()).isEmpty();
		});
	}

	@Test
	void endpointIsNotThereOutsideOfServlets() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class,
					ThrottleWebMvcAutoConfiguration.class, ThrottleEndpointAutoConfiguration.class))
			.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("throttlesEndpoint"));
	}

	private static void assertNothing(AssertableWebApplicationContext context) {
		assertThat(context).hasNotFailed()
			.doesNotHaveBean("throttlesEndpoint")
			.doesNotHaveBean("throttlesWebEndpointExtension");
	}

	/**
	 * Reads the auto-configurations as an application does, without loading what their
	 * annotations name.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ThrottleEndpointAutoConfiguration.class })
	static class Imported {

	}

}
