package dev.throttle.autoconfigure;

import java.util.Map;

import dev.throttle.PlanResolver;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static dev.throttle.autoconfigure.StartupFailures.failure;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a plan or a rate of the calendar that would have no effect keeps the
 * application from starting, and for what its user is told then.
 */
@ExtendWith(OutputCaptureExtension.class)
class PlanStartTests {

	private static final PlanResolver NOBODY = new PlanResolver() {

		@Override
		public @Nullable String plan(ThrottleRequest request) {
			return null;
		}

	};

	private final WebApplicationContextRunner runner = WebApplications.small();

	@ParameterizedTest
	@CsvSource({ "throttle.plans.pro.user=600/min, throttle.plans.pro.rates.user",
			"throttle.plans.pro.rate.user=many, throttle.plans.pro.rates.user",
			"throttle.plans.pro.rate=600/min, throttle.plans.pro.rates.<scope>",
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
			.isEqualTo("The property 'throttle.retry-after-jitter' is '10', which is not a share.");
		assertThat(failure.getAction()).isEqualTo("Write a share from 0% to 100%, such as '10%' or '0.1'.");
	}

	@Test
	void planOfUnknownScope() {
		FailureAnalysis failure = failure(
				pro("throttle.plans.pro.rates.usr=5/min", "throttle.plans.pro.authorities=PLAN_PRO"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.plans.pro.rates.usr' is set, but the scope 'usr' has no usual rate (did you mean 'user'?).");
		assertThat(failure.getAction()).isEqualTo(
				"Use a scope that has a rate: 'user', or set 'throttle.rates.usr' (to 'unlimited' if only plans have a limit), or remove the property.");
	}

	@Test
	void planOfScopesThatAreUnlimitedOrHaveTheirRateInTheCode() {
		this.runner.withBean(ChatController.class)
			.withPropertyValues("throttle.rates.user=unlimited", "throttle.plans.pro.rates.user=5/min",
					"throttle.plans.pro.rates.chat=200/min", "throttle.plans.pro.authorities=PLAN_PRO")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void planOfAScopeThatNothingCounts() {
		FailureAnalysis failure = failure(pro("throttle.rates.exports=unlimited",
				"throttle.plans.pro.rates.exports=5/min", "throttle.plans.pro.authorities=PLAN_PRO"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.plans.pro.rates.exports' would have no effect: the scope is not used by any throttle or handler.");
		assertThat(failure.getAction())
			.isEqualTo("Add @Throttle(scope = \"exports\") to a handler, or remove the property.");
	}

	@Test
	void plansWhereNothingIsThrottled() {
		FailureAnalysis failure = failure(pro("throttle.include-paths=", "throttle.rates.user=unlimited",
				"throttle.plans.pro.rates.user=5/min", "throttle.plans.pro.authorities=PLAN_PRO"));
		assertThat(failure.getDescription()).isEqualTo(
				"Rates are set in 'throttle.plans', but the application has no controller method and no functional route.");
	}

	@Test
	void planThatNobodyHas() {
		FailureAnalysis failure = failure(pro("throttle.plans.pro.rates.user=5/min"));
		assertThat(failure.getDescription()).isEqualTo("The plan 'pro' has no clients, and there is no PlanResolver.");
		assertThat(failure.getAction()).isEqualTo(
				"Set 'throttle.plans.pro.authorities' or 'throttle.plans.pro.clients', or declare a bean of type PlanResolver.");
	}

	@Test
	void resolverWithoutPlans() {
		FailureAnalysis failure = failure(pro().withBean("subscriptions", PlanResolver.class, () -> NOBODY));
		assertThat(failure.getDescription())
			.isEqualTo("There is the PlanResolver 'subscriptions', but there are no plans.");
		assertThat(failure.getAction())
			.isEqualTo("Set 'throttle.plans.<plan>.rates.<scope>', or remove the PlanResolver.");
	}

	@Test
	void resolverWithoutPlansWhileThrottlingIsOff() {
		pro("throttle.enabled=false").withBean(PlanResolver.class, () -> NOBODY)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					alice | which is not an address, a network or a user. | Write addresses such as '192.0.2.1', networks such as '10.1.0.0/16' and users such as 'user:alice'. For other clients, declare a bean of type PlanResolver.
					tenant:acme | which is not an address, a network or a user. | Write addresses such as '192.0.2.1', networks such as '10.1.0.0/16' and users such as 'user:alice'. For other clients, declare a bean of type PlanResolver.
					user: | which is not an address, a network or a user. | Write addresses such as '192.0.2.1', networks such as '10.1.0.0/16' and users such as 'user:alice'. For other clients, declare a bean of type PlanResolver.
					10.1.0.0/33 | Invalid network '10.1.0.0/33': write a whole number from 0 to 32 after '/' | Write a network such as '10.1.0.0/16', or one address such as '192.0.2.1'.
					10.1.2.3/16 | the address is not the first of its network | Write '10.1.0.0/16' for the network or '10.1.2.3' for the address alone.
					2001:db8::1 | it is a part of a network that is one client | Write '2001:db8::/64'.
					""")
	void clientThatIsNone(String client, String description, String action) {
		FailureAnalysis failure = failure(
				pro("throttle.plans.pro.rates.user=5/min", "throttle.plans.pro.clients=192.0.2.1, " + client));
		assertThat(failure.getDescription()).startsWith("The property 'throttle.plans.pro.clients' ")
			.contains(client)
			.contains(description);
		assertThat(failure.getAction()).isEqualTo(action);
	}

	@ParameterizedTest
	@CsvSource({ "clients=user:ada, user 'ada', clients", "clients=10.0.0.1/32, network 10.0.0.1/32, clients",
			"authorities=PLAN_PRO, authority 'PLAN_PRO', authorities" })
	void clientWithTwoPlans(String value, String client, String property) {
		FailureAnalysis failure = failure(pro("throttle.plans.pro.rates.user=5/min",
				"throttle.plans.free.rates.user=2/min", "throttle.plans.pro.clients=user:ada,10.0.0.1",
				"throttle.plans.pro.authorities=PLAN_PRO", "throttle.plans.free." + value));
		assertThat(failure.getDescription()).startsWith("The " + client + " has two plans: both ")
			.contains("'throttle.plans.pro." + property + "'", "'throttle.plans.free." + property + "'");
		assertThat(failure.getAction()).isEqualTo("Remove it from one of them.");
	}

	@Test
	void emptyAuthority() {
		FailureAnalysis failure = failure(
				pro("throttle.plans.pro.rates.user=5/min", "throttle.plans.pro.authorities[0]="));
		assertThat(failure.getDescription())
			.isEqualTo("The property 'throttle.plans.pro.authorities' contains an empty authority.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle.plans.pro.authorities=PLAN_PRO", "throttle.plans.pro.clients=user:ada" })
	void planOfUsersForAScopeThatIsCountedInTheFilterOnly(String members) {
		FailureAnalysis failure = failure(pro("throttle.rates.address=60/min", "throttle.plans.pro.rates.user=5/min",
				"throttle.plans.pro.rates.address=600/min", members));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.plans.pro.rates.address' would have no effect: the scope is counted in the filter before authentication, but the plan 'pro' has only users and authorities, which are not known there.");
		assertThat(failure.getAction()).isEqualTo(
				"Remove the property, add networks to 'throttle.plans.pro.clients', or declare a bean of type PlanResolver that finds the plan of a request without a user.");
	}

	@Test
	void planOfNetworksOrOfAResolverForAScopeThatIsCountedInTheFilter() {
		WebApplicationContextRunner filtered = pro("throttle.rates.address=60/min",
				"throttle.plans.pro.rates.address=600/min");
		filtered.withPropertyValues("throttle.plans.pro.clients=10.0.0.0/8,user:ada")
			.run((context) -> assertThat(context).hasNotFailed());
		filtered.withBean(PlanResolver.class, () -> NOBODY).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void costAboveTheLimitOfAPlan() {
		FailureAnalysis failure = failure(this.runner.withBean(ChatController.class)
			.withPropertyValues("throttle.plans.free.rates.chat=40/min", "throttle.plans.free.authorities=PLAN_FREE"));
		assertThat(failure.getDescription()).endsWith(
				"ChatController#chat() declares the cost 50 for the scope 'chat', which has the rate '40/min' in the plan 'free', so every request of that plan would be denied.");
		assertThat(failure.getAction())
			.isEqualTo("Lower the cost, or raise the limit in 'throttle.plans.free.rates.chat'.");
	}

	@Test
	void reserveAboveTheLimitOfAPlan() {
		FailureAnalysis failure = failure(pro("throttle.scopes.user.cost=request-bytes",
				"throttle.scopes.user.reserve=1KB", "throttle.rates.user=1MB/day",
				"throttle.plans.free.rates.user=1000B/day", "throttle.plans.free.authorities=PLAN_FREE"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.plans.free.rates.user' is not valid. The rate '1000B/day' never allows a request whose size is not known: it reserves 1024 bytes.");
	}

	@Test
	void policiesOfOneName() {
		FailureAnalysis failure = failure(this.runner.withBean(UserDayController.class)
			.withPropertyValues("throttle.rates.user=3/min", "throttle.rates.user-day=7/min",
					"throttle.plans.pro.rates.user=5/min, 50/day", "throttle.plans.pro.authorities=PLAN_PRO"));
		assertThat(failure.getDescription()).contains("Two policies are called 'user-day'",
				"the property 'throttle.rates.user-day' says 7/min",
				"the property 'throttle.plans.pro.rates.user' says 50/day");
	}

	@Test
	void zoneOfAScopeWithoutCalendar() {
		FailureAnalysis failure = failure(pro("throttle.scopes.user.zone=Europe/Berlin"));
		assertThat(failure.getDescription()).isEqualTo(
				"The property 'throttle.scopes.user.zone' is set, but no rate of the scope 'user' counts by the calendar.");
		assertThat(failure.getAction()).isEqualTo("Write a rate such as '1000/calendar-day', or remove the property.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "throttle.rates.user=3/s, 3/calendar-day",
			"throttle.scopes.user.shadow-rate=3/calendar-day", "throttle.plans.pro.rates.user=5/calendar-month" })
	void zoneOfAScopeWithCalendar(String rate) {
		pro("throttle.scopes.user.zone=Europe/Berlin", rate, "throttle.plans.pro.rates.user=5/calendar-month",
				"throttle.plans.pro.authorities=PLAN_PRO")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void reportNamesThePlans(CapturedOutput output) {
		pro("throttle.plans.pro.rates.user=5/min", "throttle.plans.pro.authorities=PLAN_PRO",
				"throttle.plans.trial.rates.user=5/min", "throttle.plans.trial.authorities=PLAN_TRIAL",
				"throttle.plans.trial.shadow=true")
			.run((context) -> assertThat(output).contains("; plans: pro, trial (shadow)"));
	}

	/**
	 * Return a runner of applications with a rate of users.
	 */
	private WebApplicationContextRunner pro(String... properties) {
		return this.runner.withPropertyValues("throttle.rates.user=3/min").withPropertyValues(properties);
	}

	@RestController
	static class ChatController {

		@GetMapping("/chat")
		@Throttle(scope = "chat", rate = "100/min", cost = 50)
		void chat() {
		}

	}

	@RestController
	static class UserDayController {

		@GetMapping("/day")
		@Throttle(scope = "user-day")
		void day() {
		}

	}

}
