package dev.throttle.autoconfigure;

import java.security.Principal;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import dev.throttle.PlanResolver;
import dev.throttle.ThrottleRequest;
import dev.throttle.client.ClientNetwork;
import org.jspecify.annotations.Nullable;

/**
 * Finds the plan of a client by the properties {@code clients}, or else by
 * {@code authorities}. The first plan in the order of configuration wins. It never
 * blocks.
 *
 * @param members who has which plan
 */
record PlanClients(List<Members> members) implements PlanResolver {

	@Override
	public @Nullable String plan(ThrottleRequest request) {
		String user = request.user();
		for (Members each : this.members) {
			if (each.hasClient(user, request)) {
				return each.plan();
			}
		}
		Principal principal = request.principal();
		return (principal != null) ? planOf(principal) : null;
	}

	private @Nullable String planOf(Principal principal) {
		Set<String> granted = null;
		for (Members each : this.members) {
			if (!each.authorities().isEmpty()) {
				granted = (granted != null) ? granted : SpringSecurityAuthorities.of(principal);
				if (each.authorities().stream().anyMatch(granted::contains)) {
					return each.plan();
				}
			}
		}
		return null;
	}

	@Override
	@SuppressWarnings("NullAway") // javac 17 loses the annotation in the class file
	public CompletionStage<@Nullable String> planAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.completedFuture(plan(request));
	}

	/**
	 * Who has a plan.
	 *
	 * @param plan the plan
	 * @param users the names of users
	 * @param networks the networks and addresses
	 * @param authorities the authorities, one of which is enough
	 */
	record Members(String plan, Set<String> users, List<ClientNetwork> networks, Set<String> authorities) {

		boolean isEmpty() {
			return this.users.isEmpty() && this.networks.isEmpty() && this.authorities.isEmpty();
		}

		boolean hasClient(@Nullable String user, ThrottleRequest request) {
			return user != null && this.users.contains(user)
					|| !this.networks.isEmpty() && isInNetwork(request.address());
		}

		private boolean isInNetwork(String address) {
			return this.networks.stream().anyMatch((network) -> network.contains(address));
		}

	}

}
