package dev.throttle.engine;

import java.util.List;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Quota;

/**
 * The quotas that one throttle asks.
 *
 * @param step the throttle
 * @param quotas the quotas, at least one
 * @param isShadow whether the quotas are shadows
 */
record AskedQuotas(ThrottlePlan.Step step, List<Quota> quotas, boolean isShadow) {

	CacheBackend backend() {
		return this.step.backend();
	}

}
