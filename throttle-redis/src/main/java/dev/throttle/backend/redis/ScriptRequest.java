package dev.throttle.backend.redis;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.backend.QuotaGroup;

/**
 * What the script is given to decide one request.
 *
 * @param keys the key of each quota's history
 * @param groups the groups
 * @param record whether to record what is allowed
 */
record ScriptRequest(List<String> keys, List<QuotaGroup> groups, boolean record) {

	/** The doubles of a quota. */
	static final int FIELDS = 4;

	static ScriptRequest of(List<QuotaGroup> groups, boolean record, RedisKeys keys) {
		List<String> written = new ArrayList<>();
		for (QuotaGroup group : groups) {
			for (Quota quota : group.quotas()) {
				written.add(keys.key(quota.client(), quota.policy()));
			}
		}
		return new ScriptRequest(written, groups, record);
	}

	/**
	 * Return the number of quotas.
	 */
	int quotas() {
		return this.keys.size();
	}

	/**
	 * Write what the script is told of each quota.
	 */
	void writeTo(ByteBuffer arguments) {
		for (int i = 0; i < this.groups.size(); i++) {
			QuotaGroup group = this.groups.get(i);
			for (Quota quota : group.quotas()) {
				Rate rate = quota.policy().rate();
				arguments.putDouble((double) rate.limit())
					.putDouble(periodMicros(rate))
					.putDouble((double) Math.min(quota.cost(), Rate.MAX_LIMIT + 1))
					.putDouble(group.shadow() ? -(i + 1) : i + 1);
			}
		}
	}

	private static double periodMicros(Rate rate) {
		long micros = (rate.period().toNanos() + 999) / 1000;
		return micros;
	}

}
