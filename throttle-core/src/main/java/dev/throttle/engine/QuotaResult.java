package dev.throttle.engine;

import dev.throttle.Client;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;

/**
 * What became of one quota of a request.
 *
 * @param quota the quota as it was counted: of a secret ident the hash
 * @param outcome what the backend answered
 * @param step the throttle that asked
 * @since 1.0.0
 */
public record QuotaResult(Quota quota, Outcome outcome, ThrottlePlan.Step step) {

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
		boolean allowed = this.outcome.isAllowed();
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
