package dev.throttle.usage;

import java.util.List;
import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.Throttle;
import dev.throttle.ThrottleRequest;
import dev.throttle.autoconfigure.WebApplications;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.handler.ThrottleRegistry;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.usage.Usage.QuotaUsage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for whose quotas are read.
 */
class UsageReaderTests {

	private static final MockThrottleRequest ALICE = new MockThrottleRequest().withUser("alice");

	private final WebApplicationContextRunner runner = WebApplications.small()
		.withUserConfiguration(Throttles.class, Handlers.class)
		.withPropertyValues("throttle.rates.user=10/min", "throttle.rates.address=20/min",
				"throttle.rates.tenant=30/min", "throttle.rates.uploads=40/min", "throttle.rates.sizes=50/min",
				"throttle.rates.of-tenants=60/min", "throttle.filter.api-key-header=X-API-Key",
				"throttle.rates.api-key=70/min", "throttle.rates.picky=80/min",
				"throttle.defaults=userRateThrottle,tenantThrottle,pickyThrottle,sizeThrottle");

	@Test
	void requestHasTheScopesOfAllHandlersThatCountItsClient() {
		run((context) -> {
			assertThat(policies(reader(context).usage(ALICE))).containsExactlyInAnyOrder("address", "user", "uploads",
					"sizes");
			assertThat(
					policies(reader(context).usage(ALICE.withHeader("X-Tenant", "acme").withHeader("X-API-Key", "k"))))
				.containsExactlyInAnyOrder("address", "user", "uploads", "sizes", "tenant", "of-tenants", "api-key");
		});
	}

	@Test
	void theSameIsReadWithoutWaiting() {
		run((context) -> assertThat(reader(context).usageAsync(ALICE, Runnable::run).toCompletableFuture().join())
			.isEqualTo(reader(context).usage(ALICE)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "alice", "a|b\\c", "\\#" })
	void userIsReadByName(String name) {
		run((context) -> assertUsed(context, new MockThrottleRequest().withUser(name), Client.user(name), "user",
				"uploads", "sizes"));
	}

	@Test
	void userWithALongNameIsReadByName() {
		String name = "alice".repeat(100);
		run((context) -> assertUsed(context, new MockThrottleRequest().withUser(name), Client.user(name), "user",
				"uploads", "sizes"));
	}

	@Test
	void addressIsReadInAnySpelling() {
		run((context) -> {
			assertUsed(context, new MockThrottleRequest().withAddress("2001:db8::/64"), Client.address("2001:DB8:0::1"),
					"address", "user", "uploads", "sizes");
			assertThatIllegalArgumentException().isThrownBy(() -> reader(context).usage(Client.address("alice")));
		});
	}

	@Test
	void clientOfAnotherKindIsReadUnderScopesOfOtherThrottles() {
		run((context) -> {
			MockThrottleRequest ofAcme = ALICE.withHeader("X-Tenant", "acme").withHeader("X-API-Key", "sk-0123");
			decide(context, ofAcme);
			Usage acme = reader(context).usage(Client.of("tenant", "acme"));
			assertThat(policies(acme)).containsExactlyInAnyOrder("tenant", "of-tenants", "api-key", "sizes", "picky");
			assertThat(used(acme)).containsExactlyInAnyOrder("tenant", "of-tenants");
			assertThat(used(reader(context).usage(Client.secret("api-key", "sk-0123")))).containsExactly("api-key");
			assertThat(used(reader(context).usage(Client.of("tenant", "other")))).isEmpty();
		});
	}

	private void run(ContextConsumer<AssertableWebApplicationContext> test) {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			test.accept(context);
		});
	}

	private static UsageReader reader(ApplicationContext context) {
		return context.getBean(UsageReader.class);
	}

	/**
	 * Have a request counted by all throttles, and assert what its client has used.
	 */
	private static void assertUsed(ApplicationContext context, MockThrottleRequest request, Client client,
			String... policies) {
		decide(context, request);
		assertThat(policies(reader(context).usage(client))).containsExactlyInAnyOrder(policies);
		assertThat(used(reader(context).usage(client))).containsExactlyInAnyOrder(policies);
	}

	private static void decide(ApplicationContext context, MockThrottleRequest request) {
		AppliedThrottles throttles = new AppliedThrottles(context.getBean(ThrottleRegistry.class)
			.all()
			.stream()
			.filter((step) -> !step.name().equals("pickyThrottle"))
			.toList());
		ThrottleEngine engine = context.getBean(ThrottleEngine.class);
		engine.decide(request.withScopes("uploads", "of-tenants").withContentLength(1), throttles);
	}

	private static List<String> policies(Usage usage) {
		return usage.quotas().stream().map(QuotaUsage::policy).toList();
	}

	private static List<String> used(Usage usage) {
		return usage.quotas().stream().filter((quota) -> quota.used() > 0).map(QuotaUsage::policy).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Throttles {

		@Bean
		SimpleRateThrottle tenantThrottle() {
			return throttle("tenant", (request) -> Client.of("tenant", request.header("X-Tenant")));
		}

		@Bean
		SimpleRateThrottle pickyThrottle() {
			return throttle("picky", (request) -> {
				throw new IllegalStateException("Not without a signature");
			});
		}

		@Bean
		SizeThrottle sizeThrottle() {
			return new SizeThrottle();
		}

		@Bean
		TenantScopesThrottle tenantScopesThrottle() {
			return new TenantScopesThrottle();
		}

		private static SimpleRateThrottle throttle(String scope, Function<ThrottleRequest, @Nullable Client> clients) {
			return new SimpleRateThrottle(scope) {

				@Override
				protected @Nullable Client client(ThrottleRequest request) {
					return clients.apply(request);
				}

			};
		}

	}

	/**
	 * Counts bytes, and requires their number.
	 */
	static class SizeThrottle extends SimpleRateThrottle {

		SizeThrottle() {
			super("sizes");
		}

		@Override
		protected Client client(ThrottleRequest request) {
			return request.client();
		}

		@Override
		protected long cost(ThrottleRequest request) {
			return request.contentLength().orElseThrow();
		}

	}

	/**
	 * Counts under the scopes of handlers, but by tenant.
	 */
	static class TenantScopesThrottle extends ScopedRateThrottle {

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("tenant", request.header("X-Tenant"));
		}

	}

	@RestController
	static class Handlers {

		@GetMapping("/uploads")
		@Throttle(scope = "uploads")
		String uploads() {
			return "uploads";
		}

		@GetMapping("/of-tenants")
		@Throttle(scope = "of-tenants", use = TenantScopesThrottle.class)
		String ofTenants() {
			return "of tenants";
		}

	}

}
