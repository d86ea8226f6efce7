package dev.throttle.engine;

import dev.throttle.Policy;
import dev.throttle.backend.Outcome;

/**
 * What became of one quota of a request.
 *
 * @param policy the policy by which was counted
 * @param outcome what the backend answered
 * @param throttle the place of the throttle that asked, in the plan
 * @since 1.0.0
 */
public record PolicyUse(Policy policy, Outcome outcome, int throttle) {

	double remainingShare() {
		long limit = this.policy.rate().limit();
		return (limit > 0) ? (double) this.outcome.remaining() / limit : 0;
	}

}
