package dev.throttle.backend;

import java.util.Objects;

import dev.throttle.Client;

/**
 * What to count for one request: a client, a policy and a cost. The client and the
 * policy's {@linkplain Policy#key() key} identify one history.
 *
 * @param client who is counted
 * @param policy the policy
 * @param cost how many permits the request takes, at least 1
 * @since 1.0.0
 */
public record Quota(Client client, Policy policy, long cost) {

	/**
	 * Create a quota.
	 * @param client who is counted
	 * @param policy the policy
	 * @param cost how many permits the request takes, at least 1
	 * @throws IllegalArgumentException if the cost is not positive
	 */
	public Quota {
		Objects.requireNonNull(client, "'client' must not be null");
		Objects.requireNonNull(policy, "'policy' must not be null");
		if (cost < 1) {
			throw new IllegalArgumentException("'cost' must be positive but is " + cost);
		}
	}

	/**
	 * Create a quota of cost 1.
	 * @param client who is counted
	 * @param policy the policy
	 */
	public Quota(Client client, Policy policy) {
		this(client, policy, 1);
	}

	/**
	 * Return whether another quota is counted in the same history.
	 * @param other the other quota
	 * @return whether client and policy key are the same
	 */
	public boolean sharesHistoryWith(Quota other) {
		return this.client.equals(other.client) && this.policy.key().equals(other.policy.key());
	}

}
