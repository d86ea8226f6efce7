package dev.throttle.engine;

import java.util.List;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Quota;

/**
 * The quotas that one throttle asks for.
 *
 * @param step the throttle
 * @param quotas the quotas, at least one
 * @param isShadow whether they are shadow quotas
 */
record AskedQuotas(ThrottlePlan.Step step, List<Quota> quotas, boolean isShadow) {

	CacheBackend backend() {
		return this.step.backend();
	}

}
