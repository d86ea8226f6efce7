package dev.throttle.backend.redis;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.backend.Charge;
import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What the script is given, and what its answer says.
 *
 * @param keys the key of each quota's history
 * @param charges the charges
 * @param record whether to record what is allowed
 */
record ScriptCall(List<String> keys, List<Charge> charges, boolean record) {

	private static final int FIELDS = 4;

	private static final String SHADOW = "~";

	static ScriptCall of(List<Charge> charges, boolean record, RedisKeys keys) {
		List<String> written = new ArrayList<>();
		for (Charge charge : charges) {
			for (Quota quota : charge.quotas()) {
				written.add(keys.key(quota.client(), quota.policy()));
			}
		}
		return new ScriptCall(written, charges, record);
	}

	String[] arguments(String time, String deadline) {
		String[] arguments = new String[3 + FIELDS * this.keys.size()];
		arguments[0] = time;
		arguments[1] = deadline;
		arguments[2] = this.record ? "1" : "0";
		int index = 3;
		for (int i = 0; i < this.charges.size(); i++) {
			for (Quota quota : this.charges.get(i).quotas()) {
				Rate rate = quota.policy().rate();
				arguments[index++] = Long.toString(rate.limit());
				arguments[index++] = Long.toString((rate.period().toNanos() + 999) / 1000);
				arguments[index++] = Long.toString(Math.min(quota.cost(), Rate.MAX_LIMIT + 1));
				arguments[index++] = (this.charges.get(i).shadow() ? SHADOW : "") + i;
			}
		}
		return arguments;
	}

	static long serverMicros(List<Long> answer) {
		return answer.get(0);
	}

	/**
	 * Return the outcomes, null where the script came too late.
	 */
	static @Nullable List<Outcome> outcomes(List<Long> answer) {
		if (answer.size() == 1) {
			return null;
		}
		long micros = serverMicros(answer);
		Instant decidedAt = Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
		List<Outcome> outcomes = new ArrayList<>(answer.size() / FIELDS);
		for (int i = 1; i < answer.size(); i += FIELDS) {
			long wait = answer.get(i + 2);
			outcomes.add(new Outcome(answer.get(i) == 1, answer.get(i + 1), (wait < 0) ? Outcome.NEVER : wait * 1000,
					answer.get(i + 3) * 1000, decidedAt));
		}
		return outcomes;
	}

}
