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
public record QuotaResult(Quota quota, Outcome outcome, int throttle) {

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
	 * @return the outcome
	 */
	public DecisionOutcome decisionOutcome() {
		boolean allowed = this.outcome.allowed();
		if (policy().isShadow()) {
			return allowed ? DecisionOutcome.SHADOW_ALLOWED : DecisionOutcome.SHADOW_DENIED;
		}
		return switch (this.outcome.decidedBy()) {
			case BACKEND -> allowed ? DecisionOutcome.ALLOWED : DecisionOutcome.DENIED;
			case LOCAL -> allowed ? DecisionOutcome.FAILED_LOCAL : DecisionOutcome.DENIED;
			case NOBODY -> allowed ? DecisionOutcome.FAILED_OPEN : DecisionOutcome.FAILED_CLOSED;
		};
	}

	double remainingShare() {
		long limit = policy().rate().limit();
		return (limit > 0) ? (double) this.outcome.remaining() / limit : 0;
	}

}
