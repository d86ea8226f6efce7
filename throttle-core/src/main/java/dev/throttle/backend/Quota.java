package dev.throttle.backend;

import java.util.List;
import java.util.Objects;

import dev.throttle.Client;

/**
 * What to count for one request: a client, the rates of a scope and a cost. It has room
 * if all of the rates have.
 *
 * @param client who is counted
 * @param policies the rates of one scope, at least one, either all of them shadows or
 * none
 * @param cost how many permits the request takes, at least 1
 * @since 1.0.0
 */
public record Quota(Client client, List<Policy> policies, long cost) {

	/**
	 * Create a quota.
	 * @param client who is counted
	 * @param policies the rates of one scope, at least one, either all of them shadows or
	 * none
	 * @param cost how many permits the request takes, at least 1
	 * @throws IllegalArgumentException if there is no policy, if they are counted in
	 * different histories, or if the cost is not positive
	 */
	public Quota {
		Objects.requireNonNull(client, "'client' must not be null");
		policies = List.copyOf(policies);
		if (policies.isEmpty()) {
			throw new IllegalArgumentException("'policies' must not be empty");
		}
		for (int i = 1; i < policies.size(); i++) {
			if (!policies.get(i).historyKey().equals(policies.get(0).historyKey())) {
				throw new IllegalArgumentException("'policies' must be counted in one history, but are " + policies);
			}
		}
		if (cost < 1) {
			throw new IllegalArgumentException("'cost' must be positive but is " + cost);
		}
	}

	/**
	 * Create a quota of one rate.
	 * @param client who is counted
	 * @param policy the rate
	 * @param cost how many permits the request takes, at least 1
	 * @throws IllegalArgumentException if the cost is not positive
	 */
	public Quota(Client client, Policy policy, long cost) {
		this(client, List.of(policy), cost);
	}

	/**
	 * Create a quota of one rate and cost 1.
	 * @param client who is counted
	 * @param policy the rate
	 */
	public Quota(Client client, Policy policy) {
		this(client, policy, 1);
	}

	/**
	 * Return the {@linkplain Policy#historyKey() key} of the history, the same for all
	 * policies.
	 * @return the key
	 */
	public String historyKey() {
		return this.policies.get(0).historyKey();
	}

	/**
	 * Return whether the policies are shadows.
	 * @return whether they are shadows
	 */
	public boolean isShadow() {
		return this.policies.get(0).isShadow();
	}

	/**
	 * Return whether another quota is counted in the same history.
	 * @param other the other quota
	 * @return whether client and history key are the same
	 */
	public boolean sharesHistoryWith(Quota other) {
		return this.client.equals(other.client) && historyKey().equals(other.historyKey());
	}

}
