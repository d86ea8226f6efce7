package dev.throttle.engine;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.backend.Outcome;

/**
 * What became of one quota of a request.
 *
 * @param quota the quota as it was counted: of a secret ident the hash
 * @param outcome what the backend answered
 * @param throttle the place of the throttle that asked, in the plan
 * @since 1.0.0
 */
public record PolicyUse(Quota quota, Outcome outcome, int throttle) {

	/**
	 * Return the policy by which was counted.
	 * @return the policy
	 */
	public Policy policy() {
		return this.quota.policy();
	}

	/**
	 * Return who was counted.
	 * @return the client
	 */
	public Client client() {
		return this.quota.client();
	}

	/**
	 * Return what the quota said of the request, as it is measured.
	 * @return the result
	 */
	public DecisionResult result() {
		boolean allowed = this.outcome.allowed();
		if (policy().isShadow()) {
			return allowed ? DecisionResult.SHADOW_ALLOWED : DecisionResult.SHADOW_DENIED;
		}
		return switch (this.outcome.decidedBy()) {
			case BACKEND -> allowed ? DecisionResult.ALLOWED : DecisionResult.DENIED;
			case LOCAL -> allowed ? DecisionResult.FAILED_LOCAL : DecisionResult.DENIED;
			case NOBODY -> allowed ? DecisionResult.FAILED_OPEN : DecisionResult.FAILED_CLOSED;
		};
	}

	double remainingShare() {
		long limit = policy().rate().limit();
		return (limit > 0) ? (double) this.outcome.remaining() / limit : 0;
	}

}
