package dev.throttle.autoconfigure;

import dev.throttle.Throttle;
import dev.throttle.Unthrottled;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the start says of limits in an application whose requests are not throttled.
 */
class UnthrottledApplicationTests {

	private static final AutoConfigurations THROTTLING = AutoConfigurations.of(ThrottleAutoConfiguration.class,
			ThrottleWebMvcAutoConfiguration.class);

	private static final String RATE = "throttle.rates.anon=5/min";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(THROTTLING);

	@Test
	void ratesOfAnApplicationThatIsNotOfTheWeb() {
		this.runner.withPropertyValues(RATE).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription()).isEqualTo(
					"Rates are set in 'throttle.rates' or 'throttle.scopes', but this is not a web application, so there are no requests to throttle.");
			assertThat(failure.getAction()).isEqualTo(
					"If code asks for them later, set 'throttle.scopes.anon.in-code' to 'true'. Set 'throttle.enabled' to 'false' if there is nothing to throttle, as in a batch job or a test that runs without a web server.");
		});
	}

	@Test
	void ratesOfAReactiveApplicationWithoutHandlers() {
		ReactiveApplications.small()
			.withPropertyValues(RATE)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining("the application has no controller method and no functional route"));
	}

	@Test
	void ratesOfAServletApplicationWithoutSpringMvc() {
		new WebApplicationContextRunner().withConfiguration(THROTTLING)
			.withClassLoader(new FilteredClassLoader(WebMvcConfigurer.class))
			.withPropertyValues(RATE)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidThrottleConfigurationException.class)
				.hasMessageContaining("this application uses neither Spring MVC nor WebFlux"));
	}

	@Test
	void annotationOfAnApplicationThatIsNotOfTheWeb() {
		this.runner.withBean(Annotated.class)
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("@Throttle on " + Annotated.class.getName()
						+ "#get() has no effect: the method is not public"));
	}

	@Test
	void nothingIsRefusedWhereNothingIsLimitedOrThrottlingIsOff() {
		this.runner.withBean(Free.class).run((context) -> assertThat(context).hasNotFailed());
		this.runner.withPropertyValues(RATE, "throttle.enabled=false")
			.withBean(Annotated.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	static class Annotated {

		@Throttle(rate = "1/min")
		void get() {
		}

	}

	static class Free {

		@Unthrottled
		void get() {
		}

	}

}
