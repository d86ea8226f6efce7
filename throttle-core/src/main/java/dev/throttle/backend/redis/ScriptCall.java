package dev.throttle.backend.redis;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

	private static final int HEAD = 3;

	private static final int FIELDS = 4;

	/** In place of a time: the server's. */
	static final long SERVER_TIME = -1;

	/** In place of a deadline: none. */
	static final long NO_DEADLINE = Long.MAX_VALUE;

	static ScriptCall of(List<Charge> charges, boolean record, RedisKeys keys) {
		List<String> written = new ArrayList<>();
		for (Charge charge : charges) {
			for (Quota quota : charge.quotas()) {
				written.add(keys.key(quota.client(), quota.policy()));
			}
		}
		return new ScriptCall(written, charges, record);
	}

	/**
	 * Write what the script is given beside the keys.
	 * @param time the time in microseconds since the epoch
	 * @param deadline the time after which nothing is recorded
	 */
	byte[] arguments(long time, long deadline) {
		ByteBuffer arguments = ByteBuffer.allocate(Double.BYTES * (HEAD + FIELDS * this.keys.size()))
			.order(ByteOrder.LITTLE_ENDIAN)
			.putDouble((double) time)
			.putDouble((double) deadline)
			.putDouble(this.record ? 1 : 0);
		for (int i = 0; i < this.charges.size(); i++) {
			for (Quota quota : this.charges.get(i).quotas()) {
				Rate rate = quota.policy().rate();
				arguments.putDouble((double) rate.limit())
					.putDouble(periodMicros(rate))
					.putDouble((double) Math.min(quota.cost(), Rate.MAX_LIMIT + 1))
					.putDouble(this.charges.get(i).shadow() ? -(i + 1) : i + 1);
			}
		}
		return arguments.array();
	}

	private static double periodMicros(Rate rate) {
		long micros = (rate.period().toNanos() + 999) / 1000;
		return micros;
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
