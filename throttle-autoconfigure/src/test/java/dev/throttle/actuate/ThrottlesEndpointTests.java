package dev.throttle.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Throttle;
import dev.throttle.actuate.ThrottlesEndpoint.ScopeDescriptor;
import dev.throttle.actuate.ThrottlesWebEndpointExtension.ProblemDescriptor;
import dev.throttle.autoconfigure.ThrottleEndpointAutoConfiguration;
import dev.throttle.autoconfigure.WebApplications;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.RateOverrides;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.ThrottleEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.endpoint.InvocationContext;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.invoke.ParameterValueMapper;
import org.springframework.boot.actuate.endpoint.jmx.annotation.JmxEndpointDiscoverer;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThrottlesEndpoint} and {@link ThrottlesWebEndpointExtension}.
 */
class ThrottlesEndpointTests {

	private final FailingBackend backend = new FailingBackend();

	@Test
	void resetThatFailsIsAuditedAndSaysWhatIsNotKnown() {
		run((context, endpoint) -> {
			WebEndpointResponse<OperationResponseBody> response = endpoint.reset("user", "address:192.0.2.1",
					SecurityContext.NONE);
			assertThat(message(response, 503)).contains("may or may not have been reset");
			assertThat(audited(context).getData()).containsEntry("scope", "user")
				.containsEntry("clients", List.of("address:192.0.2.1"))
				.containsEntry("confirmed", false);
		});
	}

	@Test
	void resetIsAnsweredThoughTheBackendDoesNotTellWhatBecameOfIt() {
		run((context, endpoint) -> {
			this.backend.resets = 1;
			WebEndpointResponse<OperationResponseBody> response = endpoint.reset("user", "address:192.0.2.1",
					SecurityContext.NONE);
			assertThat(response.getStatus()).isEqualTo(200);
			assertThat(response.getBody()).isInstanceOfSatisfying(ScopeDescriptor.class,
					(scope) -> assertThat(scope.clients()).isNull());
			assertThat(audited(context).getData()).containsOnlyKeys("scope", "clients")
				.containsEntry("clients", List.of("address:192.0.2.1"));
		});
	}

	@Test
	void rateThatMayBeInForceIsAuditedAndSaysSo() {
		run((context, endpoint) -> {
			assertThat(message(endpoint.set("user", "9/min", null, null, SecurityContext.NONE), 503))
				.contains("may or may not have changed");
			assertThat(audited(context).getData()).containsEntry("scope", "user")
				.containsEntry("rate", "9/min")
				.containsEntry("confirmed", false);
		});
	}

	@Test
	void useThatCannotBeLookedUpSaysSo() {
		run((context, endpoint) -> {
			assertThat(message(endpoint.use("user", "user:alice", null), 503)).contains("nothing was read");
			assertThat(context.getBean(AuditLog.class).events).isEmpty();
		});
	}

	@Test
	void scopeThatIsNotKnownIsNotFoundWhateverIsAsked() {
		run((context, endpoint) -> {
			assertThat(message(endpoint.use("usr", "user:alice", null), 404)).contains("did you mean 'user'?");
			assertThat(message(endpoint.set("usr", "9/min", null, null, SecurityContext.NONE), 404))
				.contains("did you mean 'user'?");
			assertThat(message(endpoint.set("usr", "configured", null, null, SecurityContext.NONE), 404))
				.contains("did you mean 'user'?");
			assertThat(message(endpoint.reset("usr", "user:alice", SecurityContext.NONE), 404))
				.contains("did you mean 'user'?");
		});
	}

	@Test
	void secretIsNotAuditedWhereStrangersShareAHistory() {
		MemoryCacheBackend full = MemoryCacheBackend.builder().maxClients(1).build();
		Policy policy = Policy.of("user", Rate.parse("1/day"));
		for (String client : List.of("alice", "alice", "bob", "bob")) {
			full.decide(new Quota(Client.user(client), policy));
		}
		run(full, (context, endpoint) -> {
			endpoint.reset("user", "api-key:sk-live-4eC39", SecurityContext.NONE);
			assertThat(audited(context).getData().toString()).doesNotContain("4eC39");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "acme|north", "acme\\north", "" })
	void clientOfOnePartIsFoundAndResetHoweverItIsCounted(String part) {
		String ident = part.isEmpty() ? "a".repeat(300) : part;
		MemoryCacheBackend counting = MemoryCacheBackend.builder().build();
		Quota quota = new Quota(Client.of("tenant", ident), Policy.of("user", Rate.parse("2/min")));
		counting.decide(quota);
		run(counting, (context, endpoint) -> {
			assertThat(String.valueOf(endpoint.use("user", "tenant:" + ident, null).getBody())).contains("used=1");
			endpoint.reset("user", "tenant:" + ident, SecurityContext.NONE);
			assertThat(counting.decide(quota).get(0).remaining()).isEqualTo(1);
		});
	}

	@Test
	void clientOfAnOwnKindIsResetThoughTheBackendDidNotTellWhetherItCounted() {
		List<Client> reset = new ArrayList<>();
		run(new FailingBackend() {

			@Override
			public List<Outcome> peek(QuotaGroup group) {
				return group.quotas()
					.stream()
					.flatMap((quota) -> quota.policies().stream())
					.map((policy) -> new Outcome(true, policy.rate().limit(), 0, 0, null, DecidedBy.LOCAL))
					.toList();
			}

			@Override
			public List<Settlement.Result> settle(List<Settlement> settlements) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void reset(Client client, Scope scope) {
				reset.add(client);
			}

		}, (context, endpoint) -> {
			endpoint.reset("user", "tenant:acme", SecurityContext.NONE);
			assertThat(reset).contains(Client.of("tenant", "acme"))
				.contains(context.getBean(ThrottleEngine.class).asCounted(Client.secret("tenant", "acme")));
		});
	}

	@Test
	void overJmxARateMayHaveNoEndAndTheConfiguredOneHasNone() {
		this.backend.keepsRates = true;
		run((context, endpoint) -> {
			assertThat(overJmx(context, "set", Map.of("scope", "user", "rate", "9/min"))).isNotNull();
			assertThat(this.backend.rates).containsExactly("9/min");
			overJmx(context, "set", Map.of("scope", "user", "rate", "configured"));
			assertThat(this.backend.rates).isEmpty();
			assertThat(overJmx(context, "use", Map.of("scope", "user"))).isNotNull();
			assertThat(overJmx(context, "set", Map.of("scope", "usr", "rate", "9/min"))).isNull();
		});
	}

	@Test
	void shadowRatesAreNotShownAmongThoseOfAHandler() {
		WebApplications.small()
			.withConfiguration(AutoConfigurations.of(ThrottleEndpointAutoConfiguration.class))
			.withPropertyValues("throttle.rates.uploads=20/day", "throttle.scopes.uploads.shadow-rate=1/day",
					"throttle.rates.exports=5/day", "throttle.scopes.exports.shadow=true",
					"management.endpoints.web.exposure.include=*")
			.withBean(Handlers.class)
			.run((context) -> assertThat(context.getBean(ThrottlesEndpoint.class).throttles().handlers())
				.singleElement()
				.satisfies((handler) -> assertThat(handler.scopes()).containsEntry("uploads", "20/day")
					.containsEntry("exports", null)));
	}

	@Test
	void scopesOfCodeAndMethodsAreShownChangedAndReset() {
		WebApplications.small()
			.withConfiguration(
					AutoConfigurations.of(AopAutoConfiguration.class, ThrottleEndpointAutoConfiguration.class))
			.withPropertyValues("throttle.rates.uploads=9/min", "throttle.rates.exports=9/min",
					"throttle.rates.sms=3/hour", "throttle.rates.fax=2/hour", "throttle.scopes.fax.in-code=true",
					"management.endpoints.web.exposure.include=*", "management.endpoint.throttles.access=UNRESTRICTED")
			.withBean(Handlers.class)
			.withBean(Sms.class)
			.run((context) -> {
				ThrottlesEndpoint endpoint = context.getBean(ThrottlesEndpoint.class);
				context.getBean(Sms.class).send("1");
				assertThat(endpoint.use("sms", "key:1", null).clients()).singleElement().satisfies((client) -> {
					assertThat(client.throttles()).containsExactly("rateLimiter");
					assertThat(client.quotas().get(0).used()).isOne();
				});
				assertThat(endpoint.reset("sms", "key:1").clients().get(0).quotas().get(0).used()).isZero();
				assertThat(endpoint.set("sms", "50/hour", null, null).rate().rate()).isEqualTo("50/hour");
				assertThat(endpoint.use("fax", "key:1", null).clients().get(0).quotas().get(0).limit()).isEqualTo(2);
				assertThat(endpoint.use("mms", null, null)).isNull();
			});
	}

	private void run(BiConsumer<AssertableWebApplicationContext, ThrottlesWebEndpointExtension> test) {
		run(this.backend, test);
	}

	private static void run(CacheBackend backend,
			BiConsumer<AssertableWebApplicationContext, ThrottlesWebEndpointExtension> test) {
		WebApplications.small()
			.withConfiguration(AutoConfigurations.of(ThrottleEndpointAutoConfiguration.class))
			.withPropertyValues("throttle.rates.user=2/min, 9/day", "management.endpoints.web.exposure.include=*",
					"management.endpoints.jmx.exposure.include=*", "management.endpoint.throttles.access=UNRESTRICTED")
			.withBean("cacheBackend", CacheBackend.class, () -> backend)
			.withBean(AuditLog.class)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				test.accept(context, context.getBean(ThrottlesWebEndpointExtension.class));
			});
	}

	private static String message(WebEndpointResponse<OperationResponseBody> response, int status) {
		assertThat(response.getStatus()).isEqualTo(status);
		return ((ProblemDescriptor) response.getBody()).message();
	}

	private static AuditEvent audited(AssertableWebApplicationContext context) {
		List<AuditEvent> events = context.getBean(AuditLog.class).events;
		assertThat(events).hasSize(1);
		return events.get(0);
	}

	private static @Nullable Object overJmx(AssertableWebApplicationContext context, String operation,
			Map<String, Object> arguments) {
		return new JmxEndpointDiscoverer(context, ParameterValueMapper.NONE, List.of(), List.of(), List.of())
			.getEndpoints()
			.stream()
			.flatMap((endpoint) -> endpoint.getOperations().stream())
			.filter((candidate) -> candidate.getName().equals(operation))
			.findFirst()
			.orElseThrow()
			.invoke(new InvocationContext(SecurityContext.NONE, new HashMap<>(arguments)));
	}

	static class AuditLog {

		private final List<AuditEvent> events = new ArrayList<>();

		@EventListener
		void audited(AuditApplicationEvent event) {
			this.events.add(event.getAuditEvent());
		}

	}

	/**
	 * Resets so many clients, keeps rates or not, and does nothing else.
	 */
	private static class FailingBackend implements CacheBackend, RateOverrides {

		private final List<String> rates = new ArrayList<>();

		private int resets;

		private boolean keepsRates;

		private static BackendUnavailableException unavailable() {
			return new BackendUnavailableException(Duration.ofSeconds(1));
		}

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			throw unavailable();
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			throw unavailable();
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
			if (this.resets-- <= 0) {
				throw unavailable();
			}
		}

		@Override
		public boolean isShared() {
			return true;
		}

		@Override
		public void follow(Listener listener) {
		}

		@Override
		public void set(String scope, String rates, @Nullable Duration duration) {
			if (!this.keepsRates) {
				throw unavailable();
			}
			this.rates.add(rates);
		}

		@Override
		public void remove(String scope) {
			this.rates.clear();
		}

	}

	static class Sms {

		@Throttle(scope = "sms", key = "#phone")
		public void send(String phone) {
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		@Throttle(scope = "exports")
		String uploads() {
			return "uploads";
		}

	}

}
