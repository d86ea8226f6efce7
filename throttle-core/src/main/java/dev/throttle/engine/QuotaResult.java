package dev.throttle.engine;

import dev.throttle.Client;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;

/**
 * The result of a request under one rate.
 *
 * @param client who was counted, with the hash of a secret ident
 * @param policy the rate
 * @param cost how many permits the request takes
 * @param outcome the answer of the backend
 * @param step the throttle that counted the request
 * @since 1.0.0
 */
public record QuotaResult(Client client, Policy policy, long cost, Outcome outcome, AppliedThrottles.Step step) {

	/**
	 * Return the outcome as reported in metrics.
	 * @return the outcome
	 */
	public DecisionOutcome decisionOutcome() {
		boolean allowed = this.outcome.isAllowed();
		if (this.policy.isShadow()) {
			return allowed ? DecisionOutcome.SHADOW_ALLOWED : DecisionOutcome.SHADOW_DENIED;
		}
		return switch (this.outcome.decidedBy()) {
			case BACKEND -> allowed ? DecisionOutcome.ALLOWED : DecisionOutcome.DENIED;
			case LOCAL -> allowed ? DecisionOutcome.FAILED_LOCAL : DecisionOutcome.DENIED;
			case NOBODY -> allowed ? DecisionOutcome.FAILED_OPEN : DecisionOutcome.FAILED_CLOSED;
		};
	}

	/**
	 * Return whether both are of one quota, under different rates of its scope. A
	 * throttle counts a scope at most once.
	 */
	boolean isOfSameQuota(QuotaResult other) {
		return this.step.equals(other.step) && this.policy.historyKey().equals(other.policy.historyKey());
	}

	double remainingShare() {
		long limit = this.policy.rate().limit();
		return (limit > 0) ? (double) this.outcome.remaining() / limit : 0;
	}

}
