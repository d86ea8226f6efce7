package dev.throttle.engine;

import java.util.List;

import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Quota;
import dev.throttle.backend.Settlement;

/**
 * A settlement that a backend is to make.
 *
 * @param reserved what was reserved, under the first rate of its scope
 * @param settlement the settlement
 */
record PendingSettlement(QuotaResult reserved, Settlement settlement) {

	static PendingSettlement of(List<QuotaResult> quota, long cost) {
		QuotaResult first = quota.get(0);
		Quota counted = new Quota(first.client(), quota.stream().map(QuotaResult::policy).toList(), first.cost());
		return new PendingSettlement(first, new Settlement(counted, first.outcome(), cost));
	}

	CacheBackend backend() {
		return this.reserved.step().backend();
	}

}
