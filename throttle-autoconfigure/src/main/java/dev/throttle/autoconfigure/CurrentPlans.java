package dev.throttle.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import dev.throttle.handler.InvalidThrottleConfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * Who has which plan at present. The configured plans can be replaced.
 */
final class CurrentPlans {

	private final Map<String, PlanResolver> beans;

	private final int ipv6Prefix;

	private volatile Configured configured;

	/**
	 * Create an instance.
	 * @param beans the resolvers of the application by name, in their order
	 * @param ipv6Prefix the prefix length of the IPv6 networks that are one client
	 * @throws InvalidThrottleConfigurationException if the plans are not valid
	 */
	CurrentPlans(ConfiguredPlans plans, Map<String, PlanResolver> beans, int ipv6Prefix) {
		this.beans = beans;
		this.ipv6Prefix = ipv6Prefix;
		this.configured = read(plans);
	}

	/**
	 * Return who has which of other plans.
	 * @throws InvalidThrottleConfigurationException if the plans are not valid
	 */
	Configured read(ConfiguredPlans plans) {
		return new Configured(plans, plans.resolver(this.beans, this.ipv6Prefix));
	}

	void replace(Configured configured) {
		this.configured = configured;
	}

	/**
	 * Return the names of the plans that only authenticated users have.
	 */
	Set<String> ofUsers(ConfiguredPlans plans) {
		return this.beans.isEmpty() ? plans.ofUsers() : Set.of();
	}

	/**
	 * Return the properties of a plan, to say who has it.
	 */
	PlanProperties plan(String name) {
		return this.configured.plans().plan(name);
	}

	/**
	 * Return the names of the resolvers of the application.
	 */
	List<String> resolvers() {
		return List.copyOf(this.beans.keySet());
	}

	/**
	 * Return a resolver that always uses the present plans.
	 */
	PlanResolver resolver() {
		return new PlanResolver() {

			@Override
			public @Nullable String plan(ThrottleRequest request) {
				return CurrentPlans.this.configured.resolver().plan(request);
			}

			@Override
			@SuppressWarnings("NullAway") // javac 17 loses annotations in class files
			public CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
				return CurrentPlans.this.configured.resolver().planAsync(request, workers);
			}

		};
	}

	/**
	 * Configured plans, and what determines the plan of a client.
	 */
	record Configured(ConfiguredPlans plans, PlanResolver resolver) {
	}

}
