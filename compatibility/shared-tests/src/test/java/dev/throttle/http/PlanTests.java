package dev.throttle.http;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients of plans see: who has which plan, by properties and by code.
 */
@ExtendWith(OutputCaptureExtension.class)
class PlanTests {

	@Nested
	class ByProperties {

		private static RunningApplication application;

		@BeforeAll
		static void start() {
			application = RunningApplication.start(Application.class, "throttle.rates.user=3/hour",
					"throttle.plans.free.rates.user=2/hour", "throttle.plans.free.clients=user:fred",
					"throttle.plans.pro.rates.user=5/hour, 50/day", "throttle.plans.pro.clients=user:paula,10.1.0.0/16",
					"throttle.plans.unlimited.rates.user=unlimited", "throttle.plans.unlimited.clients=user:ulla",
					"throttle.plans.trial.rates.user=1/hour", "throttle.plans.trial.clients=user:trudy",
					"throttle.plans.trial.shadow=true", "throttle.headers=both", "throttle.client.num-proxies=1");
		}

		@AfterAll
		static void stop() {
			application.close();
		}

		private final Caller caller = application.caller();

		@Test
		void usersGetWhatTheirPlansSay() {
			assertAdmitted(this.caller.as("fred"), 2);
			assertAdmitted(this.caller.as("paula"), 5);
			assertAdmitted(this.caller.as("una"), 3);
			Caller ulla = this.caller.as("ulla");
			for (int i = 0; i < 20; i++) {
				HttpResponse<String> unlimited = ulla.get("/plain");
				assertThat(unlimited.statusCode()).isEqualTo(200);
				assertThat(unlimited.headers().map()).doesNotContainKeys("x-ratelimit-limit", "ratelimit");
			}
		}

		@Test
		void headersAndProblemHaveThePlansNumbers() {
			Caller paul = this.caller.with("X-Forwarded-For", "10.1.2.3");
			HttpHeaders first = paul.get("/plain").headers();
			assertThat(first.allValues("X-RateLimit-Limit")).containsExactly("5");
			assertThat(first.allValues("X-RateLimit-Remaining")).containsExactly("4");
			assertThat(first.allValues("RateLimit-Policy"))
				.containsExactly("\"user\";q=5;w=3600, \"user-day\";q=50;w=86400");
			for (int i = 0; i < 4; i++) {
				paul.get("/plain");
			}
			HttpResponse<String> denied = paul.get("/plain");
			assertThat(denied.statusCode()).isEqualTo(429);
			assertThat(denied.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(3590L, 3600L);
			assertThat(denied.body()).contains("\"violated-policies\":[\"user\"]");
		}

		@Test
		void networkHasItsPlanAndOthersDoNot() {
			assertAdmitted(this.caller.with("X-Forwarded-For", "10.1.255.255"), 5);
			assertAdmitted(this.caller.with("X-Forwarded-For", "10.2.0.0"), 3);
		}

		@Test
		void shadowPlanEnforcesTheUsualRates() {
			assertAdmitted(this.caller.as("trudy"), 3);
		}

	}

	@Nested
	class ByAuthorities {

		@Test
		void userHasThePlanOfAnAuthority() {
			try (RunningApplication application = RunningApplication.start(FilterSecurityTests.Application.class,
					"spring.profiles.active=security", "throttle.rates.user=3/hour",
					"throttle.plans.free.rates.user=2/hour", "throttle.plans.free.authorities=PLAN_FREE, PLAN_TRIAL",
					"throttle.plans.pro.rates.user=5/hour", "throttle.plans.pro.authorities=PLAN_PRO")) {
				assertAdmitted(FilterSecurityTests.as(application.caller(), "fred-PLAN_TRIAL", "correct"), 2,
						"/secret");
				assertAdmitted(FilterSecurityTests.as(application.caller(), "paula-PLAN_PRO", "correct"), 5, "/secret");
				assertAdmitted(FilterSecurityTests.as(application.caller(), "una", "correct"), 3, "/secret");
			}
		}

	}

	@Nested
	class ByCode {

		private static RunningApplication application;

		@BeforeAll
		static void start() {
			application = RunningApplication.start(Subscriptions.class, "throttle.rates.user=3/hour",
					"throttle.rates.api-key=4/hour", "throttle.plans.free.rates.user=2/hour",
					"throttle.plans.pro.rates.user=5/hour", "throttle.plans.pro.rates.api-key=6/hour",
					"throttle.plans.pro.clients=user:paula", "throttle.filter.api-key-header=X-Api-Key");
		}

		@AfterAll
		static void stop() {
			application.close();
		}

		private final Plans plans = application.bean(Plans.class);

		private final Caller caller = application.caller();

		@Test
		void userWhoChangesPlanKeepsWhatIsUsed() {
			this.plans.of("carol", "free");
			assertAdmitted(this.caller.as("carol"), 2);
			this.plans.of("carol", "pro");
			HttpHeaders upgraded = this.caller.as("carol").get("/plain").headers();
			assertThat(upgraded.allValues("X-RateLimit-Limit")).containsExactly("5");
			assertThat(upgraded.allValues("X-RateLimit-Remaining")).containsExactly("2");
			assertAdmitted(this.caller.as("carol"), 2);
			this.plans.of("carol", "free");
			assertThat(this.caller.as("carol").get("/plain").statusCode()).isEqualTo(429);
		}

		@Test
		void resolversAreAskedInTheirOrderAndBeforeTheProperties() {
			this.plans.of("second-dora", "free");
			assertAdmitted(this.caller.as("second-dora"), 2);
			assertAdmitted(this.caller.as("paula"), 5);
			this.plans.of("paula", "free");
			assertThat(this.caller.as("paula").get("/plain").statusCode()).isEqualTo(429);
		}

		@Test
		void unknownPlanMeansTheUsualRatesAndIsLoggedOnce(CapturedOutput output) {
			this.plans.of("erin", "platinum");
			assertAdmitted(this.caller.as("erin"), 3);
			assertThat(output).containsOnlyOnce("There is no plan 'platinum', so its clients have the usual rates");
		}

		@Test
		void resolverThatFailsMeansTheUsualRates() {
			this.plans.of("frank", "fail");
			assertAdmitted(this.caller.as("frank"), 3);
		}

		@Test
		void planThatTheFilterFindsIsThatOfTheHandlerWhichDoesNotAskAgain() {
			Caller gina = this.caller.as("gina").with("X-Api-Key", "pro-key");
			int before = this.plans.asked.get();
			HttpHeaders first = gina.get("/plain").headers();
			assertThat(this.plans.asked.get() - before).isEqualTo(1);
			assertThat(first.allValues("X-RateLimit-Limit")).containsExactly("5");
			assertAdmitted(gina, 4);
			assertAdmitted(this.caller.as("henry").with("X-Api-Key", "pro-key"), 0);
			assertAdmitted(this.caller.as("henry").with("X-Api-Key", "other-key"), 3);
		}

	}

	private static void assertAdmitted(Caller caller, int expected) {
		assertAdmitted(caller, expected, "/plain");
	}

	/**
	 * Assert how many requests are admitted before one is denied.
	 */
	private static void assertAdmitted(Caller caller, int expected, String path) {
		List<Integer> statuses = new ArrayList<>();
		do {
			statuses.add(caller.get(path).statusCode());
		}
		while (statuses.get(statuses.size() - 1) == 200 && statuses.size() < 100);
		assertThat(statuses).hasSize(expected + 1).last().isEqualTo(429);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ UserFilter.class, Handlers.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Application.class)
	static class Subscriptions {

		@Bean
		@Order(2)
		PlanResolver second(Plans plans) {
			return (request) -> plans.ofUser(request, "second-");
		}

		@Bean
		@Order(1)
		PlanResolver first(Plans plans) {
			return plans::ofKeyOrUser;
		}

		@Bean
		Plans plans() {
			return new Plans();
		}

	}

	/**
	 * The plans that users have, and how often they were asked for.
	 */
	static class Plans {

		private final Map<String, String> byUser = new ConcurrentHashMap<>();

		private final AtomicInteger asked = new AtomicInteger();

		void of(String user, String plan) {
			this.byUser.put(user, plan);
		}

		@Nullable String ofKeyOrUser(ThrottleRequest request) {
			this.asked.incrementAndGet();
			return "pro-key".equals(request.header("X-Api-Key")) ? "pro" : ofUser(request, "");
		}

		@Nullable String ofUser(ThrottleRequest request, String prefix) {
			String user = request.user();
			boolean isMine = user != null && user.startsWith(prefix)
					&& (!prefix.isEmpty() || !user.startsWith("second-"));
			String plan = isMine ? this.byUser.get(user) : null;
			if ("fail".equals(plan)) {
				throw new IllegalStateException("no plan to be had");
			}
			return plan;
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

}
