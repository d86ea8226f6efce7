package dev.throttle.engine;

import dev.throttle.Client;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;

/**
 * The result of one quota of a request.
 *
 * @param quota the quota as it was counted, with the hash of a secret ident
 * @param outcome the answer of the backend
 * @param step the throttle that asked for the quota
 * @since 1.0.0
 */
public record QuotaResult(Quota quota, Outcome outcome, ThrottlePlan.Step step) {

	/**
	 * Return the policy of the quota.
	 * @return the policy
	 */
	public Policy policy() {
		return this.quota.policy();
	}

	/**
	 * Return the client of the quota.
	 * @return the client
	 */
	public Client client() {
		return this.quota.client();
	}

	/**
	 * Return the outcome as reported in metrics.
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
