package dev.throttle.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientNetwork;
import dev.throttle.test.MockThrottleRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aop.framework.ProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PlanResolvers} and {@link PlanClients}.
 */
class PlanResolversTests {

	private final List<String> calls = new ArrayList<>();

	private final Executor workers = (task) -> {
		this.calls.add("worker");
		task.run();
	};

	@Test
	void nullAsksTheNextOne() {
		PlanResolvers resolvers = new PlanResolvers(
				List.of(staged("first", null), staged("second", "pro"), staged("third", "free")));
		assertThat(resolvers.plan(new MockThrottleRequest())).isEqualTo("pro");
		assertThat(this.calls).containsExactly("first", "second");
		this.calls.clear();
		assertThat(resolvers.planAsync(new MockThrottleRequest(), this.workers)).isCompletedWithValue("pro");
		assertThat(this.calls).containsExactly("first", "second");
	}

	@Test
	void nobodyKnowsThePlan() {
		PlanResolvers resolvers = new PlanResolvers(List.of(staged("first", null), staged("second", null)));
		assertThat(resolvers.plan(new MockThrottleRequest())).isNull();
		assertThat(resolvers.planAsync(new MockThrottleRequest(), this.workers)).isCompletedWithValue(null);
	}

	@Test
	void proxyIsAskedOnAWorkerByTheMethodThatItsAdviceMayBeOn() {
		ProxyFactory factory = new ProxyFactory(staged("target", "pro"));
		factory.addInterface(PlanResolver.class);
		PlanResolvers resolvers = new PlanResolvers(List.of((PlanResolver) factory.getProxy()));
		assertThat(resolvers.planAsync(new MockThrottleRequest(), this.workers)).isCompletedWithValue("pro");
		assertThat(this.calls).containsExactly("worker", "target");
	}

	@Test
	void firstPlanInTheOrderOfConfigurationWins() {
		PlanClients clients = new PlanClients(List.of(members("office", Set.of(), "10.0.0.0/8"),
				members("lab", Set.of("ada"), "10.1.0.0/16"), members("ipv6", Set.of(), "2001:db8::/32")));
		MockThrottleRequest request = new MockThrottleRequest();
		assertThat(clients.plan(request.withAddress("10.1.2.3"))).isEqualTo("office");
		assertThat(clients.plan(request.withAddress("10.1.2.3").withUser("ada"))).isEqualTo("office");
		assertThat(clients.plan(request.withUser("ada"))).isEqualTo("lab");
		assertThat(clients.plan(request.withUser("Ada"))).isNull();
		assertThat(clients.plan(request.withAddress("2001:db8:1::/64"))).isEqualTo("ipv6");
		assertThat(clients.plan(request.withAddress("unknown"))).isNull();
	}

	@Test
	void propertiesAreReadWithoutAWorker() {
		PlanClients clients = new PlanClients(List.of(members("lab", Set.of("ada"), "10.1.0.0/16")));
		assertThat(clients.planAsync(new MockThrottleRequest().withUser("ada"), this.workers))
			.isCompletedWithValue("lab");
		assertThat(this.calls).isEmpty();
	}

	private static PlanClients.Members members(String plan, Set<String> users, String network) {
		return new PlanClients.Members(plan, users, List.of(ClientNetwork.parse(network, 64)), Set.of());
	}

	private PlanResolver staged(String name, @Nullable String plan) {
		return new PlanResolver() {

			@Override
			public @Nullable String plan(ThrottleRequest request) {
				PlanResolversTests.this.calls.add(name);
				return plan;
			}

			@Override
			public CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
				return CompletableFuture.completedFuture(plan(request));
			}

		};
	}

}
