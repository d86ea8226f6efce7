package dev.throttle.backend.redis;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One call of the script: what it is given, and what its answer says.
 *
 * @param requests the requests that it decides, at least one, all to be recorded or none
 */
record ScriptCall(List<ScriptRequest> requests) {

	private static final int HEAD = 3;

	/** In place of a time: the server's. */
	static final long SERVER_TIME = -1;

	/** In place of a deadline: none. */
	static final long NO_DEADLINE = Long.MAX_VALUE;

	/**
	 * Return the keys of all requests.
	 */
	String[] keys() {
		String[] keys = new String[quotas()];
		int count = 0;
		for (ScriptRequest request : this.requests) {
			for (String key : request.keys()) {
				keys[count++] = key;
			}
		}
		return keys;
	}

	private int quotas() {
		int quotas = 0;
		for (ScriptRequest request : this.requests) {
			quotas += request.quotas();
		}
		return quotas;
	}

	/**
	 * Write what the script is given beside the keys.
	 * @param time the time in microseconds since the epoch
	 * @param deadline the time after which nothing is recorded
	 */
	byte[] arguments(long time, long deadline) {
		ByteBuffer arguments = ByteBuffer.allocate(Double.BYTES * (HEAD + ScriptRequest.FIELDS * quotas()))
			.order(ByteOrder.LITTLE_ENDIAN)
			.putDouble((double) time)
			.putDouble((double) deadline)
			.putDouble(this.requests.get(0).record() ? 1 : 0);
		this.requests.forEach((request) -> request.writeTo(arguments));
		return arguments.array();
	}

	/**
	 * Write how many keys each request has.
	 * @return the numbers, null where there is one request
	 */
	byte @Nullable [] sizes() {
		if (this.requests.size() == 1) {
			return null;
		}
		ByteBuffer sizes = ByteBuffer.allocate(Double.BYTES * this.requests.size()).order(ByteOrder.LITTLE_ENDIAN);
		this.requests.forEach((request) -> sizes.putDouble(request.quotas()));
		return sizes.array();
	}

	static long serverMicros(List<Object> answer) {
		return (Long) answer.get(0);
	}

	/**
	 * Read what the script answers to each request.
	 */
	List<ScriptAnswer> answers(List<Object> answer) {
		List<ScriptAnswer> answers = new ArrayList<>(this.requests.size());
		int at = 1;
		for (ScriptRequest request : this.requests) {
			if (answer.size() == 1) {
				answers.add(ScriptAnswer.TOO_LATE);
			}
			else if (answer.get(at) instanceof String error) {
				answers.add(ScriptAnswer.failed(error));
			}
			else {
				answers.add(ScriptAnswer.decided(outcomes(answer, at, request.quotas())));
			}
			at += ScriptRequest.FIELDS * request.quotas();
		}
		return answers;
	}

	private static List<Outcome> outcomes(List<Object> answer, int at, int quotas) {
		long micros = serverMicros(answer);
		Instant decidedAt = Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
		List<Outcome> outcomes = new ArrayList<>(quotas);
		for (int i = at; i < at + ScriptRequest.FIELDS * quotas; i += ScriptRequest.FIELDS) {
			long wait = (Long) answer.get(i + 2);
			outcomes.add(new Outcome((Long) answer.get(i) == 1, (Long) answer.get(i + 1),
					(wait < 0) ? Outcome.NEVER : wait * 1000, (Long) answer.get(i + 3) * 1000, decidedAt));
		}
		return outcomes;
	}

}
