package dev.throttle.engine;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;

/**
 * A quota that a throttle asks for.
 *
 * @param step the throttle
 * @param quota the quota
 */
record AskedQuota(AppliedThrottles.Step step, Quota quota) {

	CacheBackend backend() {
		return this.step.backend();
	}

	boolean isShadow() {
		return this.quota.isShadow();
	}

	/**
	 * Return whether both are counted in one history.
	 */
	boolean isCountedAs(AskedQuota other) {
		return backend() == other.backend() && this.quota.sharesHistoryWith(other.quota);
	}

	/**
	 * Return how many outcomes its answer has: one for each policy.
	 */
	int outcomes() {
		return this.quota.policies().size();
	}

	/**
	 * Return the result under one of its policies.
	 */
	QuotaResult result(int policy, Outcome outcome) {
		return new QuotaResult(this.quota.client(), this.quota.policies().get(policy), this.quota.cost(), outcome,
				this.step);
	}

}
