package dev.throttle.actuate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.actuate.ThrottlesEndpoint.PlanClientsDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.PlanDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.QuotaDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.RateDescriptor;
import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.actuate.ThrottlesWebEndpointExtension.ProblemDescriptor;
import dev.throttle.autoconfigure.ThrottleEndpointAutoConfiguration;
import dev.throttle.autoconfigure.WebApplications;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.engine.RateRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottlesEndpoint} and {@link ThrottlesWebEndpointExtension} with
 * plans and rates of the calendar.
 */
class ThrottlesEndpointPlanTests {

	@Test
	void plansAreShownWithTheRatesOfTheirClients() {
		run((context) -> {
			assertThat(set(context, "7/min", "pro").getStatus()).isEqualTo(200);
			Map<String, PlanDescriptor> plans = context.getBean(ThrottlesEndpoint.class).throttles().plans();
			assertThat(plans).containsOnlyKeys("pro", "internal", "trial");
			assertThat(plans.get("pro")).isEqualTo(new PlanDescriptor(null,
					Map.of("user", new RateDescriptor("7/min", null, "5/min, 90/day", null)),
					new PlanClientsDescriptor(List.of("PLAN_PRO"), List.of("user:acme", "10.1.0.0/16"), List.of())));
			assertThat(plans.get("internal").rates()).isEqualTo(Map.of("user", rate("unlimited", null)));
			assertThat(plans.get("trial").shadow()).isTrue();
			assertThat(plans.get("trial").rates()).isEqualTo(Map.of("user", rate("2/min", "1/min")));
		});
	}

	@Test
	void rateOfAPlanIsOverriddenAndRestoredWithoutTheUsualOne() {
		run((context) -> {
			ScopeDescriptor changed = body(set(context, "50/min", "PRO"));
			assertThat(changed).isEqualTo(new ScopeDescriptor("user", "pro",
					new RateDescriptor("50/min", null, "5/min, 90/day", null), null));
			assertThat(body(use(context, null, null)).rate()).isEqualTo(rate("2/min", null));
			assertThat(body(set(context, "configured", "pro")).rate()).isEqualTo(rate("5/min, 90/day", null));
			assertThat(context.getBean(AuditLog.class).data).first()
				.isEqualTo(Map.of("scope", "user", "plan", "pro", "rate", "50/min", "until", "null"));
			assertThat(context.getBean(AuditLog.class).data).last()
				.isEqualTo(Map.of("scope", "user", "plan", "pro", "rate", "5/min, 90/day", "until", "configured"));
		});
	}

	@Test
	void planThatDoesNotExistIsRefused() {
		run((context) -> {
			String message = "There is no plan 'prp' (did you mean 'pro'?). Write one of 'internal', 'pro', 'trial'.";
			assertThat(refusal(set(context, "50/min", "prp"))).isEqualTo(message);
			assertThat(refusal(set(context, "configured", "prp"))).isEqualTo(message);
			assertThat(refusal(use(context, "user:alice", "prp"))).isEqualTo(message);
			assertThat(refusal(use(context, "user:alice", "not a plan!")))
				.startsWith("There is no plan 'not a plan!'.");
			assertThat(context.getBean(AuditLog.class).data).isEmpty();
		});
	}

	@Test
	void whatAClientUsedIsShownUnderTheRatesOfAPlan() {
		run((context) -> {
			Policy user = Policy.of("user", Rate.parse("2/min"));
			context.getBean("cacheBackend", CacheBackend.class).decide(new Quota(Client.user("alice"), user));
			assertThat(quotas(use(context, "user:alice", "pro"))).containsExactly("user 5/min 1", "user-day 90/day 1");
			assertThat(quotas(use(context, "user:alice", "trial"))).containsExactly("user 2/min 1",
					"user 1/min 0 (shadow)");
			assertThat(body(use(context, "user:alice", "internal")).clients()).isEmpty();
		});
	}

	@Test
	void rateOfTheCalendarIsShownBesideASlidingOne() {
		run((context) -> {
			context.getBean(RateRegistry.class).configure("user", "10/s, 100/calendar-day, 50/min");
			List<Rate> rates = Rate.parseAll("10/s, 100/calendar-day, 50/min");
			List<Policy> policies = Policy.ofScope(Scope.of("user"), rates);
			CacheBackend backend = context.getBean("cacheBackend", CacheBackend.class);
			backend.decide(new Quota(Client.user("alice"), List.of(policies.get(1)), 7));
			backend.decide(new Quota(Client.user("alice"), List.of(policies.get(0), policies.get(2)), 3));
			assertThat(quotas(use(context, "user:alice", null))).containsExactlyInAnyOrder("user 10/s 3",
					"user-min 50/min 3", "user-calendar-day 100/calendar-day 7");
		});
	}

	private static RateDescriptor rate(String rate, @Nullable String shadow) {
		return new RateDescriptor(rate, shadow, null, null);
	}

	private static WebEndpointResponse<OperationResponseBody> set(ApplicationContext context, String rate,
			String plan) {
		return context.getBean(ThrottlesWebEndpointExtension.class).set("user", rate, null, plan, SecurityContext.NONE);
	}

	private static WebEndpointResponse<OperationResponseBody> use(ApplicationContext context, @Nullable String client,
			@Nullable String plan) {
		return context.getBean(ThrottlesWebEndpointExtension.class).use("user", client, plan);
	}

	private static ScopeDescriptor body(WebEndpointResponse<OperationResponseBody> response) {
		assertThat(response.getStatus()).isEqualTo(200);
		return (ScopeDescriptor) response.getBody();
	}

	private static String refusal(WebEndpointResponse<OperationResponseBody> response) {
		assertThat(response.getStatus()).isEqualTo(400);
		return ((ProblemDescriptor) response.getBody()).message();
	}

	private static List<String> quotas(WebEndpointResponse<OperationResponseBody> response) {
		assertThat(body(response).clients()).hasSize(1);
		return body(response).clients().get(0).quotas().stream().map(ThrottlesEndpointPlanTests::text).toList();
	}

	private static String text(QuotaDescriptor quota) {
		return quota.policy() + " " + quota.rate() + " " + quota.used() + ((quota.shadow() != null) ? " (shadow)" : "");
	}

	private static void run(Consumer<ApplicationContext> test) {
		WebApplications.small()
			.withConfiguration(AutoConfigurations.of(ThrottleEndpointAutoConfiguration.class))
			.withPropertyValues("throttle.rates.user=2/min", "throttle.plans.pro.rates.user=5/min, 90/day",
					"throttle.plans.pro.authorities=PLAN_PRO", "throttle.plans.pro.clients=user:acme, 10.1.0.0/16",
					"throttle.plans.internal.rates.user=", "throttle.plans.internal.authorities=PLAN_INTERNAL",
					"throttle.plans.trial.rates.user=1/min", "throttle.plans.trial.shadow=true",
					"throttle.plans.trial.authorities=PLAN_TRIAL", "management.endpoints.web.exposure.include=*",
					"management.endpoint.throttles.access=UNRESTRICTED")
			.withBean(AuditLog.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context);
			});
	}

	static class AuditLog {

		private final List<Map<String, Object>> data = new ArrayList<>();

		@EventListener
		void audited(AuditApplicationEvent event) {
			this.data.add(new LinkedHashMap<>(event.getAuditEvent().getData()));
		}

	}

}
