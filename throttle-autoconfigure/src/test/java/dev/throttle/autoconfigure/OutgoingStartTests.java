package dev.throttle.autoconfigure;

import java.time.Duration;

import dev.throttle.Client;
import dev.throttle.PlanResolver;
import dev.throttle.Scope;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.engine.RateRegistry;
import dev.throttle.handler.ScopeDirectory;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.handler.ThrottledHandlers;
import dev.throttle.http.OutgoingLimits;
import dev.throttle.http.PacingInterceptor;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.metrics.PacingMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.client.RestClientCustomizer;
import org.springframework.boot.web.client.RestTemplateCustomizer;
import org.springframework.boot.web.reactive.function.client.WebClientCustomizer;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for applications whose calls that go out have limits.
 */
@ExtendWith(OutputCaptureExtension.class)
class OutgoingStartTests {

	private static final String GITHUB = "throttle.outgoing.github.";

	private static final String NO_BUILDERS = "limits only clients to which the application adds a PacingInterceptor or PacingFilter";

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Clients.class)
		.withPropertyValues(GITHUB + "rate=5000/hour", GITHUB + "host=api.github.com, *.github.dev");

	private final WebApplicationContextRunner web = WebApplications.small()
		.withPropertyValues(GITHUB + "rate=5000/hour", GITHUB + "host=api.github.com");

	@Test
	void limitIsARateLikeAnyOther() {
		this.runner.withPropertyValues(GITHUB + "on-failure=deny").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(OutgoingLimits.class).isEmpty()).isFalse();
			assertThat(context.getBean(RateRegistry.class).configured()).hasToString("[[github (5000/hour)]]");
			assertThat(context.getBean(RateLimiters.class).scope("github").peek(Client.ALL).remaining())
				.isEqualTo(5000);
			assertThat(context.getBean(ConfiguredScopes.class).onFailure(Scope.of("GitHub"))).isEqualTo(OnFailure.DENY);
		});
	}

	@Test
	void allClientsArePaced() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(RestClientCustomizer.class)
			.hasSingleBean(RestTemplateCustomizer.class)
			.hasSingleBean(WebClientCustomizer.class));
		this.runner.run((context) -> {
			RestTemplate template = new RestTemplate();
			context.getBean(RestTemplateCustomizer.class).customize(template);
			assertThat(template.getInterceptors()).singleElement().isInstanceOf(PacingInterceptor.class);
		});
	}

	@Test
	void retriesAndPacingAreOneInterceptorSoThatEachRequestIsPaced() {
		this.runner.withPropertyValues("throttle.http-client.retry.enabled=true").run((context) -> {
			RestTemplate template = new RestTemplate();
			context.getBean(RestTemplateCustomizer.class).customize(template);
			assertThat(template.getInterceptors()).hasSize(1);
		});
	}

	@Test
	void nothingIsPacedWhereThrottlingIsOff() {
		this.runner.withPropertyValues("throttle.enabled=false", GITHUB + "max-wait=-1s").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(OutgoingLimits.class).isEmpty()).isTrue();
			assertThat(context.getBeansOfType(RestClientCustomizer.class)).isEmpty();
		});
	}

	@Test
	void planResolverMayNeedAnHttpClient() {
		this.runner
			.withPropertyValues("throttle.plans.pro.rates.sms=9/hour", "throttle.rates.sms=3/hour",
					"throttle.scopes.sms.in-code=true")
			.withBean(PlanResolver.class, () -> (request) -> null, (bean) -> bean.setDependsOn("client"))
			.withBean("client", RestClient.Builder.class, RestClient::builder,
					(bean) -> bean.setDependsOn("throttleRestClientCustomizer"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void rateOfZeroAndUnlimitedMayBeSet() {
		this.runner.withPropertyValues(GITHUB + "rate=unlimited", GITHUB + "max-wait=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void waitsAreMeteredByScope() {
		this.runner.withBean(SimpleMeterRegistry.class).run((context) -> {
			context.getBean(PacingMetrics.class).waited("github", Duration.ofSeconds(3), true);
			assertThat(context.getBean(MeterRegistry.class)
				.get("throttle.outgoing.wait")
				.tags("scope", "github", "outcome", "sent")
				.timer()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void misspelledScopeOfAHandlerDoesNotMeanAnOutgoingLimit() {
		this.web.withBean(MisspelledController.class).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription()).endsWith("declares the scope 'githubs', but there is no rate for it.");
			assertThat(failure.getAction()).isEqualTo(
					"Set the property 'throttle.rates.githubs', for example to '100/hour', or declare a rate in the annotation.");
		});
	}

	@Test
	void throttleWithoutRateDoesNotGetThatOfAnOutgoingLimit() {
		this.web.withBean("githubs", UserRateThrottle.class, () -> new UserRateThrottle("githubs"))
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.isEqualTo("The throttle 'githubs' has the scope 'githubs', but there is no rate for it."));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					github.rate=often                   | The property 'throttle.outgoing.github.rate' is 'often', which is not a rate. At column 1: expected a whole number of requests | Write a rate such as '100/hour', '5/30s' or '60/min, 1000/day'.
					github.rate=5MB/hour                | The property 'throttle.outgoing.github.rate' is '5MB/hour', which is in bytes, but an outgoing limit counts calls. | Write a rate such as '5000/hour'.
					github.max-wait=-1s                 | The property 'throttle.outgoing.github.max-wait' is '-1000ms', but it must be from zero to one day. | Set it to a duration such as '2s', or to '0' if calls must not wait.
					github.max-wait=25h                 | The property 'throttle.outgoing.github.max-wait' is '90000000ms', but it must be from zero to one day. | Set it to a duration such as '2s', or to '0' if calls must not wait.
					github.host=                        | The property 'throttle.outgoing.github.host' is missing. | Set it to the name of a host, such as 'api.example.com', or to several.
					github.host=https://api.github.com  | The property 'throttle.outgoing.github.host' is 'https://api.github.com', but 'https://api.github.com' is not the name of a host. | Write each host once, and without a scheme, port or path, such as 'api.example.com', or '*.example.com' for all its subdomains. One limit may have several rates, such as '100/min, 5000/hour'.
					github.host=a.com, b.com, A.com     | The property 'throttle.outgoing.github.host' is 'a.com, b.com, A.com', but 'A.com' has an outgoing limit already. | Write each host once, and without a scheme, port or path, such as 'api.example.com', or '*.example.com' for all its subdomains. One limit may have several rates, such as '100/min, 5000/hour'.
					other.host=other.org                | The property 'throttle.outgoing.other.rate' is missing. | Set it to a rate such as '5000/hour', or to 'unlimited' for no limit.
					Git-Hub.rate=5/min                  | The properties 'throttle.outgoing.github.*' and 'throttle.outgoing.Git-Hub.*' are two spellings of one scope. | Use the same spelling in both.
					[a b].rate=5/min                    | The property 'throttle.outgoing[a b].rate' names 'a b', which is not a valid scope. | Use letters and digits, separated by '-', '_' or '.'.
					""")
	void invalidLimitStopsTheStart(String property, String description, String action) {
		this.runner.withPropertyValues("throttle.outgoing" + (property.startsWith("[") ? "" : ".") + property)
			.run((context) -> {
				FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
				assertThat(failure.getDescription()).startsWith(description);
				assertThat(failure.getAction()).isEqualTo(action);
			});
	}

	@Test
	void hostOfTwoLimitsStopsTheStart() {
		this.runner
			.withPropertyValues("throttle.outgoing.other.rate=5/min", "throttle.outgoing.other.host=API.github.com")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.contains("has an outgoing limit already"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle.rates.git-hub=5/min", "throttle.scopes.github.rate=5/min",
			"throttle.scopes.github.on-failure=allow", "throttle.scopes.github.cost=request-bytes",
			"throttle.scopes.github.in-code=true" })
	void otherPropertiesOfTheScopeStopTheStart(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription())
				.startsWith("The property '" + property.split("=")[0] + "' is set, but '")
				.endsWith("' is an outgoing limit, which counts calls that go out and nothing else.");
			assertThat(failure.getAction()).isEqualTo("Remove the property, or rename the outgoing limit.");
		});
	}

	@Test
	void zoneAndShadowOfTheScopeMayBeSet() {
		this.runner
			.withPropertyValues(GITHUB + "rate=10000/calendar-day", "throttle.scopes.github.zone=America/Los_Angeles",
					"throttle.scopes.github.shadow=true")
			.run((context) -> assertThat(context.getBean(RateRegistry.class).rates().policies(Scope.of("github")))
				.singleElement()
				.satisfies((policy) -> {
					assertThat(policy.isShadow()).isTrue();
					assertThat(policy.toString()).contains("calendar-day");
				}));
	}

	@Test
	void rateOfAPlanStopsTheStart() {
		this.runner.withPropertyValues("throttle.plans.pro.rates.github=9/min", "throttle.plans.pro.clients=user:acme")
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.isEqualTo(
						"The property 'throttle.plans.pro.rates.github' is set, but 'github' is an outgoing limit, which has one rate for all calls."));
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle.outgoing.github.max-wat=1s", "throttle.outgoing.github.hosts=api.github.com",
			"throttle.outgoings.github.rate=5/min" })
	void misspelledPropertyStopsTheStart(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.startsWith(
						"Unknown property '" + property.split("=")[0] + "' (did you mean 'throttle.outgoing.github."));
	}

	@Test
	void groupWithoutANameStopsTheStart() {
		this.runner.withPropertyValues("throttle.outgoing=5/min")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("throttle.outgoing"));
	}

	@Test
	void methodThatCountsUnderTheScopeIsNamed() {
		this.web.withBean(Service.class)
			.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.run((context) -> assertThat(StartupFailures.analyze(context.getStartupFailure()).getDescription())
				.startsWith("@Throttle on " + Service.class.getName() + "#"));
	}

	@ParameterizedTest
	@ValueSource(classes = { Handler.class, OwnThrottle.class, Service.class })
	void scopeThatSomethingElseCountsUnderStopsTheStart(Class<?> user) {
		this.web.withBean(user).withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class)).run((context) -> {
			FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
			assertThat(failure.getDescription()).contains(
					" counts under the scope 'github', but 'throttle.outgoing.github.rate' makes it an outgoing limit, which counts calls that go out and nothing else.");
			assertThat(failure.getAction()).isEqualTo("Use another scope, or rename the outgoing limit.");
		});
	}

	@Test
	void endpointKnowsTheScope() {
		this.web.run((context) -> {
			assertThat(context).hasNotFailed();
			ScopeDirectory directory = new ScopeDirectory(context.getBean(ThrottleRegistry.class),
					context.getBean(ThrottledHandlers.class), context.getBean(RateRegistry.class),
					context.getBean(RateLimiters.class));
			assertThat(directory.find("github", null)).isNotNull();
		});
	}

	@Test
	void changedRateIsInForceAndOtherChangesNeedARestart(CapturedOutput output) {
		this.web.run((context) -> {
			TestPropertyValues.of(GITHUB + "rate=9/min", GITHUB + "max-wait=9s").applyTo(context);
			assertThat(context.getBean(RateRefresh.class).refresh()).isTrue();
			assertThat(context.getBean(RateRegistry.class).rates()).hasToString("[[github (9/min)]]");
			assertThat(output).contains("have no effect until a restart: 'throttle.outgoing.github.max-wait'");
			TestPropertyValues.of("throttle.outgoing.other.rate=9/min", "throttle.outgoing.other.host=other.org")
				.applyTo(context);
			assertThat(context.getBean(RateRefresh.class).refresh()).isFalse();
			assertThat(output).contains(
					"The rate 'throttle.outgoing.other.rate' is of an outgoing limit, which exists only if it is set when the application starts. Restart the application, or remove the limit.");
		});
	}

	@Test
	void applicationWithoutBuildersIsWarned(CapturedOutput output) {
		this.web.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("'throttle.outgoing.github.rate' is set, but " + NO_BUILDERS);
	}

	@Test
	void sliceIsNotWarned(CapturedOutput output) {
		this.web.withBean(TestSlice.class).run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(NO_BUILDERS);
	}

	@Test
	void applicationWithBuildersIsNotWarned(CapturedOutput output) {
		this.runner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain(NO_BUILDERS);
	}

	@Test
	void applicationWithoutAnHttpClientDoesNotStart() {
		this.runner
			.withClassLoader(new FilteredClassLoader("org.springframework.http.client",
					"org.springframework.web.client", "org.springframework.web.reactive"))
			.run((context) -> {
				FailureAnalysis failure = StartupFailures.analyze(context.getStartupFailure());
				assertThat(failure.getDescription()).isEqualTo(
						"The property 'throttle.outgoing.github.rate' is set, but no HTTP client of Spring is on the class path.");
				assertThat(failure.getAction()).endsWith("Or remove the property.");
			});
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ThrottleAutoConfiguration.class, ThrottleMetricsAutoConfiguration.class,
			Boot3ThrottleHttpClientAutoConfiguration.class })
	static class Clients {

	}

	@RestController
	static class Handler {

		@GetMapping("/repos")
		@Throttle(scope = "github")
		String repos() {
			return "repos";
		}

	}

	static class OwnThrottle extends SimpleRateThrottle {

		OwnThrottle() {
			super("github");
		}

		@Override
		protected Client client(ThrottleRequest request) {
			return Client.ALL;
		}

	}

	static class Service {

		@Throttle(scope = "github")
		public void call() {
		}

	}

	@RestController
	static class MisspelledController {

		@GetMapping("/issues")
		@Throttle(scope = "githubs")
		String issues() {
			return "issues";
		}

	}

}
