package dev.throttle.autoconfigure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;
import dev.throttle.test.MockThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateRefresh}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RateRefreshTests {

	private static final String REFUSED = "Refused to change rates or plans; those before the change stay in force. ";

	private static final String OTHERS = "Properties changed in the environment but have no effect until a restart: ";

	private final WebApplicationContextRunner runner = WebApplications.small()
		.withBean(Handlers.class)
		.withPropertyValues("throttle.rates.user=2/min", "throttle.rates.uploads=20/day",
				"throttle.plans.pro.rates.user=4/min", "throttle.plans.pro.clients=user:acme");

	@Test
	void changedRatesShadowsAndPlansAreInForce(CapturedOutput output) {
		run((context) -> {
			assertThat(refreshed(context, "throttle.rates.user=3/min, 50/day", "throttle.scopes.uploads.shadow=true",
					"throttle.plans.pro.rates.user=9/min", "throttle.plans.Trial.rates.uploads=unlimited",
					"throttle.plans.Trial.authorities=PLAN_TRIAL"))
				.isTrue();
			assertThat(inForce(context, "user", null)).isEqualTo("[user (3/min), user-day (50/day)]");
			assertThat(inForce(context, "uploads", null)).isEqualTo("[uploads (20/day, shadow)]");
			assertThat(inForce(context, "user", "pro")).isEqualTo("[user (9/min, plan pro)]");
			assertThat(inForce(context, "uploads", "trial")).isEqualTo("[]");
			assertThat(output).contains(
					"Changed rates and plans are in force: 'throttle.plans.Trial.authorities', 'throttle.plans.Trial.rates.uploads', 'throttle.plans.pro.rates.user', "
							+ "'throttle.rates.user', 'throttle.scopes.uploads.shadow'")
				.doesNotContain(OTHERS);
		});
	}

	@Test
	void clientsHaveTheirNewPlansWithTheNewRates() {
		run((context) -> {
			assertThat(plan(context, "acme")).isEqualTo("pro");
			assertThat(refreshed(context, "throttle.plans.pro.clients=user:other",
					"throttle.plans.free.rates.user=1/min", "throttle.plans.free.clients=user:acme"))
				.isTrue();
			assertThat(plan(context, "acme")).isEqualTo("free");
			assertThat(plan(context, "other")).isEqualTo("pro");
			assertThat(refreshed(context, "throttle.plans.pro.clients=user:acme")).isFalse();
			assertThat(plan(context, "acme")).isEqualTo("free");
		});
	}

	@Test
	void limitIsTakenAwayAndComesBack() {
		run((context) -> {
			assertThat(refreshed(context, "throttle.rates.user=", "throttle.rates.uploads=unlimited")).isTrue();
			assertThat(inForce(context, "user", null)).isEqualTo("[]");
			assertThat(inForce(context, "uploads", null)).isEqualTo("[]");
			assertThat(refreshed(context, "throttle.rates.user=7/min")).isTrue();
			assertThat(inForce(context, "user", null)).isEqualTo("[user (7/min)]");
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					throttle.rates.user=rubbish                  | The property 'throttle.rates.user' is 'rubbish', which is not a rate.
					throttle.rates.upload=5/min                  | The rate 'throttle.rates.upload' is not used by any throttle or handler (did you mean 'uploads'?).
					throttle.rates.own=5/min                     | The scope 'own' has two rates:
					throttle.scopes.user.shdow=true              | Unknown property 'throttle.scopes.user.shdow' (did you mean 'throttle.scopes.user.shadow'?).
					throttle.scopes.user.shadow=maybe            | The property 'throttle.scopes.user.shadow' is 'maybe', which is not a valid value.
					throttle.scopes.user.rate=5/min              | The properties 'throttle.
					throttle.scopes.tenant.shadow-rate=5/min     | The property 'throttle.scopes.tenant.shadow-rate' is set, but the scope 'tenant' has no rate.
					throttle.plans.pro.clients=some              | The property 'throttle.plans.pro.clients' contains 'some', which is not an address
					throttle.plans.free.rates.user=5/min         | The plan 'free' has no clients, and there is no PlanResolver.
					throttle.plans.pro.rates.tenant=5/min        | The property 'throttle.plans.pro.rates.tenant' is set, but the scope 'tenant' has no usual rate.
					throttle.plans.pro.rates.user=many           | The property 'throttle.plans.pro.rates.user' is 'many', which is not a rate.
					""")
	void whatWouldStopTheStartIsRefusedWithItsMessage(String property, String description, CapturedOutput output) {
		String[] message = new String[1];
		this.runner.withPropertyValues(property).run((context) -> {
			FailureAnalysis atStart = StartupFailures.analyze(context.getStartupFailure());
			message[0] = atStart.getDescription();
			assertThat(message[0]).startsWith(description);
		});
		run((context) -> {
			String before = context.getBean(RateRegistry.class).rates().toString();
			assertThat(refreshed(context, "throttle.rates.uploads=30/day", property)).isFalse();
			assertThat(output).containsOnlyOnce(REFUSED + message[0]);
			assertThat(context.getBean(RateRegistry.class).rates()).hasToString(before);
			assertThat(context.getBean(RateRefresh.class).refresh()).isFalse();
			assertThat(output).containsOnlyOnce(REFUSED);
		});
	}

	@Test
	void rateOfAThrottleThatDoesNotExistIsRefused(CapturedOutput output) {
		run((context) -> {
			assertThat(refreshed(context, "throttle.rates.user=3/min", "throttle.rates.anon=5/min")).isFalse();
			assertThat(output).contains(REFUSED
					+ "The rate 'throttle.rates.anon' belongs to the throttle 'anonRateThrottle', which exists only if the rate is set when the application starts. Restart the application");
			assertThat(inForce(context, "user", null)).isEqualTo("[user (2/min)]");
		});
	}

	@Test
	void rateThatAHandlerNeedsCannotBeRemoved(CapturedOutput output) {
		run((context) -> {
			remove(context, "throttle.rates.uploads");
			assertThat(context.getBean(RateRefresh.class).refresh()).isFalse();
			assertThat(output).contains(REFUSED + "@Throttle on ")
				.contains("declares the scope 'uploads', but there is no rate for it");
			assertThat(inForce(context, "uploads", null)).isEqualTo("[uploads (20/day)]");
			assertThat(refreshed(context, "throttle.rates.uploads=20/day")).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "sms", "fax" })
	void rateThatCodeOrAMethodNeedsCannotBeRemoved(String scope, CapturedOutput output) {
		this.runner.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
			.withUserConfiguration(InCode.class)
			.withPropertyValues("throttle.rates.sms=3/hour", "throttle.rates.fax=3/hour")
			.run((context) -> {
				remove(context, "throttle.rates." + scope);
				assertThat(context.getBean(RateRefresh.class).refresh()).isFalse();
				assertThat(output)
					.contains(REFUSED + "The scope '" + scope + "' is counted in code, but there is no rate");
				assertThat(context.getBean("sms", RateLimiter.class).tryAcquire(Client.ALL).isAllowed()).isTrue();
				context.getBean(FaxMachine.class).send();
				assertThat(refreshed(context, "throttle.rates." + scope + "=unlimited")).isTrue();
			});
	}

	@Test
	void scopeThatCodeCountsFromNowOnComesWithItsRate(CapturedOutput output) {
		run((context) -> {
			assertThat(refreshed(context, "throttle.rates.sms=1/hour", "throttle.scopes.sms.in-code=true")).isTrue();
			assertThat(output).doesNotContain(OTHERS);
			RateLimiter limiter = context.getBean(RateLimiters.class).scope("sms");
			assertThat(limiter.tryAcquire(Client.ALL).isAllowed()).isTrue();
			assertThat(limiter.tryAcquire(Client.ALL).isAllowed()).isFalse();
		});
	}

	@Test
	void declarationThatIsRefusedIsForgotten(CapturedOutput output) {
		run((context) -> {
			assertThat(refreshed(context, "throttle.scopes.sms.in-code=true")).isFalse();
			assertThat(output).contains(
					REFUSED + "The property 'throttle.scopes.sms.in-code' is set, but the scope 'sms' has no rate");
			remove(context, "throttle.scopes.sms.in-code");
			assertThat(refreshed(context, "throttle.rates.user=3/min")).isTrue();
			assertThat(refreshed(context, "throttle.rates.sms=1/hour")).isFalse();
		});
	}

	@Test
	void overridesStayOnTop() {
		run((context) -> {
			RateRegistry rates = context.getBean(RateRegistry.class);
			rates.override("user", "70/min", null);
			rates.overridePlan("pro", "user", "80/min", null);
			assertThat(refreshed(context, "throttle.rates.user=3/min", "throttle.plans.pro.rates.user=9/min")).isTrue();
			assertThat(inForce(context, "user", null)).isEqualTo("[user (70/min)]");
			assertThat(inForce(context, "user", "pro")).isEqualTo("[user (80/min, plan pro)]");
			rates.removeOverride("user");
			rates.removePlanOverride("pro", "user");
			assertThat(inForce(context, "user", null)).isEqualTo("[user (3/min)]");
			assertThat(inForce(context, "user", "pro")).isEqualTo("[user (9/min, plan pro)]");
		});
	}

	@Test
	void settingsThatAreReadAtTheStartAreNamedAndTheRatesBesideThemAreInForce(CapturedOutput output) {
		run((context) -> {
			assertThat(refreshed(context, "throttle.rates.user=3/calendar-day", "throttle.scopes.user.headers=false",
					"throttle.scopes.user.zone=Europe/Berlin", "throttle.calendar-zone=Asia/Kathmandu",
					"throttle.on-failure=deny"))
				.isTrue();
			assertThat(output).containsOnlyOnce(OTHERS
					+ "'throttle.calendar-zone', 'throttle.on-failure', 'throttle.scopes.user.headers', 'throttle.scopes.user.zone'");
			assertThat(context.getBean(RateRegistry.class).rates().policies(Scope.of("user"))).singleElement()
				.satisfies((policy) -> assertThat(policy.zone()).hasToString("Z"));
			assertThat(refreshed(context, "throttle.rates.user=4/calendar-day")).isTrue();
			assertThat(output).containsOnlyOnce(OTHERS);
		});
	}

	@Test
	void nothingIsSaidIfNothingChanges(CapturedOutput output) {
		run((context) -> {
			assertThat(refreshed(context, "unrelated=1")).isTrue();
			assertThat(output).doesNotContain(OTHERS, REFUSED, "are in force");
		});
	}

	@Test
	void ratesAreNotReadWhileThrottlingIsOff(CapturedOutput output) {
		this.runner.withPropertyValues("throttle.enabled=false").run((context) -> {
			refreshed(context, "throttle.rates.user=rubbish");
			assertThat(output).contains(OTHERS + "'throttle.rates.user'").doesNotContain(REFUSED);
		});
	}

	@Test
	void rateIsRefusedWhereNothingIsThrottled(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(ThrottleAutoConfiguration.class))
			.run((context) -> {
				TestPropertyValues.of("throttle.rates.user=3/min").applyTo(context);
				assertThat(context.getBean(RateRefresh.class).refresh()).isFalse();
				assertThat(output).contains(REFUSED
						+ "Rates are set in 'throttle.rates' or 'throttle.scopes', but this is not a web application");
			});
	}

	@Test
	void requestsSeeAllOfARefreshOrNothing() {
		run((context) -> {
			RateRegistry registry = context.getBean(RateRegistry.class);
			refreshed(context, "throttle.rates.user=20/day");
			AtomicBoolean done = new AtomicBoolean();
			CompletableFuture<Void> requests = CompletableFuture.runAsync(() -> {
				while (!done.get()) {
					Rates rates = registry.rates();
					assertThat(rates.policies(Scope.of("user")).get(0).rate())
						.isEqualTo(rates.policies(Scope.of("uploads")).get(0).rate());
				}
			}, (task) -> new Thread(task).start());
			for (int i = 1; i <= 50; i++) {
				String rate = i + "/day";
				TestPropertyValues.of("throttle.rates.user=" + rate, "throttle.rates.uploads=" + rate).applyTo(context);
				CompletableFuture.allOf(refresh(context), refresh(context)).join();
			}
			done.set(true);
			requests.join();
			assertThat(inForce(context, "user", null)).isEqualTo("[user (50/day)]");
		});
	}

	private void run(Consumer<AssertableWebApplicationContext> test) {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	private static boolean refreshed(AssertableWebApplicationContext context, String... properties) {
		TestPropertyValues.of(properties).applyTo(context);
		return context.getBean(RateRefresh.class).refresh();
	}

	private static CompletableFuture<Void> refresh(AssertableWebApplicationContext context) {
		return CompletableFuture.runAsync(() -> assertThat(context.getBean(RateRefresh.class).refresh()).isTrue());
	}

	private static void remove(AssertableWebApplicationContext context, String property) {
		Map<?, ?> source = (Map<?, ?>) context.getEnvironment().getPropertySources().get("test").getSource();
		source.remove(property);
	}

	private static @Nullable String plan(AssertableWebApplicationContext context, String user) {
		return context.getBean(CurrentPlans.class).resolver().plan(new MockThrottleRequest().withUser(user));
	}

	private static String inForce(AssertableWebApplicationContext context, String scope, @Nullable String plan) {
		return context.getBean(RateRegistry.class).rates().policies(Scope.of(scope), plan).toString();
	}

	@RestController
	static class Handlers {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/own")
		@Throttle(scope = "own", rate = "1/min")
		String own() {
			return "own";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InCode {

		@Bean
		RateLimiter sms(RateLimiters limiters) {
			return limiters.scope("sms");
		}

		@Bean
		FaxMachine faxMachine() {
			return new FaxMachine();
		}

	}

	static class FaxMachine {

		@Throttle(scope = "fax")
		public void send() {
		}

	}

}
