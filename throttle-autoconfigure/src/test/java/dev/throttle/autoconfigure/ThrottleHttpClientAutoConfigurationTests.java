package dev.throttle.autoconfigure;

import dev.throttle.http.RetryAfterInterceptor;
import dev.throttle.http.RetryOutcome;
import dev.throttle.http.RetryRules;
import dev.throttle.metrics.RetryMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.client.RestClientCustomizer;
import org.springframework.boot.web.client.RestTemplateCustomizer;
import org.springframework.boot.web.reactive.function.client.WebClientCustomizer;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Boot3ThrottleHttpClientAutoConfiguration} and
 * {@link Boot4ThrottleHttpClientAutoConfiguration}.
 */
class ThrottleHttpClientAutoConfigurationTests {

	private static final String RETRY = "throttle.http-client.retry.";

	private static final String BOOT_4 = "org.springframework.boot.restclient";

	private static final String[] CUSTOMIZERS = { "throttleRestClientCustomizer", "throttleRestTemplateCustomizer",
			"throttleWebClientCustomizer" };

	private final ApplicationContextRunner bare = new ApplicationContextRunner().withUserConfiguration(Imported.class);

	private final ApplicationContextRunner runner = this.bare.withPropertyValues(RETRY + "enabled=true");

	@Test
	void clientsOfSpringBoot3AreCustomized() {
		this.runner.withClassLoader(new FilteredClassLoader(BOOT_4, "org.springframework.boot.webclient"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(RestClientCustomizer.class)
				.hasSingleBean(RestTemplateCustomizer.class)
				.hasSingleBean(WebClientCustomizer.class));
	}

	@Test
	void clientsOfSpringBoot4AreCustomized() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.web.client",
					"org.springframework.boot.web.reactive.function.client"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(org.springframework.boot.restclient.RestClientCustomizer.class)
				.hasSingleBean(org.springframework.boot.restclient.RestTemplateCustomizer.class)
				.hasSingleBean(org.springframework.boot.webclient.WebClientCustomizer.class));
	}

	@Test
	void nothingIsCustomizedByDefault() {
		this.bare.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeansOfType(RestClientCustomizer.class)).isEmpty();
			assertThat(context.getBeansOfType(RestTemplateCustomizer.class)).isEmpty();
			assertThat(context.getBeansOfType(WebClientCustomizer.class)).isEmpty();
		});
	}

	@Test
	void whereThrottlingIsOffCallsThatGoOutAreStillCustomized() {
		this.runner.withPropertyValues("throttle.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RestClientCustomizer.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web.client", "org.springframework.web.reactive" })
	void applicationMayHaveOneClientOnly(String missing) {
		this.runner.withClassLoader(new FilteredClassLoader(missing)).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(RetryRules.class);
			boolean hasRestClient = !missing.equals("org.springframework.web.client");
			assertThat(context.containsBean(CUSTOMIZERS[0])).isEqualTo(hasRestClient);
			assertThat(context.containsBean(CUSTOMIZERS[1])).isEqualTo(hasRestClient);
			assertThat(context.containsBean(CUSTOMIZERS[2])).isNotEqualTo(hasRestClient);
		});
	}

	@Test
	void applicationMayHaveNoClient() {
		this.runner
			.withClassLoader(
					new FilteredClassLoader("org.springframework.web.client", "org.springframework.web.reactive"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RetryRules.class));
	}

	@Test
	void interceptorIsTheLastOfARestTemplate() {
		this.runner.run((context) -> {
			RestTemplate template = new RestTemplate();
			template.getInterceptors().add((request, body, execution) -> execution.execute(request, body));
			context.getBean(RestTemplateCustomizer.class).customize(template);
			assertThat(template.getInterceptors()).hasSize(2);
			assertThat(template.getInterceptors().get(1)).isInstanceOf(RetryAfterInterceptor.class);
		});
	}

	@Test
	void applicationsOwnRulesAreTaken() {
		RetryRules own = RetryRules.builder().build();
		this.runner.withBean(RetryRules.class, () -> own)
			.run((context) -> assertThat(context).getBean(RetryRules.class).isSameAs(own));
	}

	@Test
	void refusedRequestsAreMeteredByOutcome() {
		this.runner.withBean(SimpleMeterRegistry.class).run((context) -> {
			context.getBean(RetryMetrics.class).refused(RetryOutcome.NO_BUDGET);
			assertThat(context.getBean(MeterRegistry.class)
				.get("throttle.http.client.retries")
				.tag("outcome", "no_budget")
				.counter()
				.count()).isEqualTo(1);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"max-retries | 0 | it must be at least 1 | Set it to 1 or more, or remove the property.",
			"max-wait | 0ms | it must be positive | Set it to a duration such as '30s', or remove the property.",
			"budget | 0% | it must be above 0% and at most 100% | Set it to a share of all requests, such as '10%', or remove the property.",
			"hosts | https://example.com | 'https://example.com' is not the name of a host | Write names without a scheme, port or path, such as 'api.example.com', or '*.example.com' for all its subdomains. Remove the property for all hosts." })
	void valueOutOfRangeStopsTheStart(String property, String value, String reason, String action) {
		this.runner.withPropertyValues(RETRY + property + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription())
				.isEqualTo("The property '" + RETRY + property + "' is '" + value + "', but " + reason + ".");
			assertThat(failure.getAction()).isEqualTo(action);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "101%", "10", "some" })
	void budgetThatIsNotAShareStopsTheStart(String value) {
		this.runner.withPropertyValues(RETRY + "budget=" + value).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription())
				.isEqualTo("The property '" + RETRY + "budget' is '" + value + "', which is not a share.");
			assertThat(failure.getAction()).isEqualTo("Write a share from 0% to 100%, such as '10%' or '0.1'.");
		});
	}

	@Test
	void misspelledPropertyStopsTheStart() {
		this.runner.withPropertyValues("throttle.http-client.retry.max-retry=1")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("throttle.http-client.retry.max-retry"));
	}

	/**
	 * Reads the auto-configurations as an application does, without loading what their
	 * annotations name.
	 */
	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ThrottleAutoConfiguration.class, ThrottleMetricsAutoConfiguration.class,
			Boot3ThrottleHttpClientAutoConfiguration.class, Boot4ThrottleHttpClientAutoConfiguration.class })
	static class Imported {

	}

}
