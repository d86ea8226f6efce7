package dev.throttle.autoconfigure;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a plan or a rate of the calendar that would have no effect keeps the
 * application from starting, and for what its user is told then.
 */
class PlanStartTests {

	private final WebApplicationContextRunner runner = WebApplications.small();

	@ParameterizedTest
	@CsvSource({ "throttle.plans.pro.user=600/min, throttle.plans.pro.rates.user",
			"throttle.plans.pro.rate.user=many, throttle.plans.pro.rates.user",
			"throttle.plan.pro.rates.user=600/min, throttle.plans.pro.rates.user",
			"throttle.plans.free.tier.rates.user=600/min, throttle.plans[free.tier].rates.user",
			"throttle.plans.free.tier.shadow=true, throttle.plans[free.tier].shadow",
			"throttle.plans.pro.autorities=PLAN_PRO, throttle.plans.pro.authorities",
			"throttle.plans.pro.client=192.0.2.1, throttle.plans.pro.clients",
			"throttle.calender-zone=UTC, throttle.calendar-zone",
			"throttle.retry-after-jiter=5%, throttle.retry-after-jitter" })
	void unknownProperty(String written, String meant) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues(written));
		assertThat(failure.getDescription())
			.startsWith("Unknown property '" + written.substring(0, written.indexOf('=')) + "'");
		assertThat(failure.getAction()).isEqualTo("Write '" + meant + "' instead, or remove it.");
	}

	@ParameterizedTest
	@CsvSource({ "THROTTLE_PLANS_FREE_TIER_RATES_USER, THROTTLE_PLANS_FREETIER_RATES_USER",
			"THROTTLE_PLANS_FREE_TIER_SHADOW, THROTTLE_PLANS_FREETIER_SHADOW",
			"THROTTLE_PLANS_PRO_USER, throttle.plans.pro.rates.user" })
	void environmentVariableOfNoProperty(String variable, String meant) {
		FailureAnalysis failure = failure(this.runner.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(variable, "1/s")))));
		assertThat(failure.getAction()).isEqualTo("Write '" + meant + "' instead, or remove it.");
	}

	@Test
	void valueOfAPlan() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.plans.pro=600/min"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.plans.pro' has a value, but only the properties below it can have one.");
		assertThat(failure.getAction())
			.isEqualTo("Write 'throttle.plans.pro.rates.<scope>' to set the rate, or remove the property.");
	}

	@Test
	void valueOfPlans() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.plans=600/min"));
		assertThat(failure.getDescription())
			.startsWith("The property 'throttle.plans' cannot have a value: the names of plans belong below it.");
		assertThat(failure.getAction()).isEqualTo("Write 'throttle.plans.<plan>.rates.<scope>' instead, or remove it.");
	}

	@ParameterizedTest
	@CsvSource({ "throttle.calendar-zone, Berlin, (did you mean 'Europe/Berlin'?)",
			"throttle.scopes.user.zone, Europe/Berln, (did you mean 'Europe/Berlin'?)",
			"throttle.calendar-zone, Atlantis, ''" })
	void zoneThatDoesNotExist(String property, String zone, String meant) {
		FailureAnalysis failure = failure(this.runner.withPropertyValues(property + "=" + zone));
		assertThat(failure.getDescription()).startsWith("The property '" + property + "' is '" + zone
				+ "', which is not a time zone" + (meant.isEmpty() ? "" : " " + meant) + ". It is set in ");
		assertThat(failure.getAction()).isEqualTo("Write the name of a time zone, such as 'Europe/Berlin' or 'UTC'.");
	}

	@Test
	void jitterThatIsNoShare() {
		FailureAnalysis failure = failure(this.runner.withPropertyValues("throttle.retry-after-jitter=10"));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.retry-after-jitter' is '10', which is not a share of a wait.");
		assertThat(failure.getAction()).isEqualTo("Write a share from 0% to 100%, such as '10%' or '0.1'.");
	}

	private static FailureAnalysis failure(WebApplicationContextRunner runner) {
		FailureAnalysis[] analysis = new FailureAnalysis[1];
		runner.run((context) -> {
			assertThat(context).hasFailed();
			analysis[0] = StartupFailures.analyze(context.getStartupFailure());
		});
		return analysis[0];
	}

}
