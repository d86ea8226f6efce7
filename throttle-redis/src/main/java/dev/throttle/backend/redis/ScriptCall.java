package dev.throttle.backend.redis;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;

import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the script: its arguments and its answer.
 *
 * @param requests the requests that it decides, at least one, all to be recorded or none
 */
record ScriptCall(List<Request> requests) {

	private static final int HEAD = 3;

	/** The number of doubles in the answer about a quota. */
	private static final int ANSWER_FIELDS = 5;

	/** In place of a time: use the server's. */
	static final long SERVER_TIME = -1;

	/** In place of a deadline: there is none. */
	static final long NO_DEADLINE = Long.MAX_VALUE;

	/**
	 * Return the keys of all requests.
	 */
	String[] keys() {
		String[] keys = new String[quotas()];
		int count = 0;
		for (Request request : this.requests) {
			for (String key : request.keys()) {
				keys[count++] = key;
			}
		}
		return keys;
	}

	private int quotas() {
		int quotas = 0;
		for (Request request : this.requests) {
			quotas += request.quotas();
		}
		return quotas;
	}

	/**
	 * Write the arguments of the script, except for the keys.
	 * @param time the time in microseconds since the epoch
	 * @param deadline the time after which nothing is recorded
	 */
	byte[] arguments(long time, long deadline) {
		ByteBuffer arguments = ByteBuffer.allocate(Double.BYTES * (HEAD + Request.FIELDS * quotas()))
			.order(ByteOrder.LITTLE_ENDIAN)
			.putDouble((double) time)
			.putDouble((double) deadline)
			.putDouble(this.requests.get(0).record() ? 1 : 0);
		this.requests.forEach((request) -> request.writeTo(arguments));
		return arguments.array();
	}

	/**
	 * Write how many keys each request has.
	 * @return the numbers, null if there is one request
	 */
	byte @Nullable [] sizes() {
		if (this.requests.size() == 1) {
			return null;
		}
		ByteBuffer sizes = ByteBuffer.allocate(Double.BYTES * this.requests.size()).order(ByteOrder.LITTLE_ENDIAN);
		this.requests.forEach((request) -> sizes.putDouble(request.quotas()));
		return sizes.array();
	}

	/**
	 * Return the server's time, with which an answer begins, in microseconds since the
	 * epoch.
	 */
	static long serverMicros(byte[] answer) {
		return (long) ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).getDouble();
	}

	/**
	 * Read the answer to each request.
	 */
	List<Answer> answers(byte[] answer) {
		if (answer.length == Double.BYTES) {
			return Collections.nCopies(this.requests.size(), Answer.TOO_LATE);
		}
		ByteBuffer figures = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
		int errors = Double.BYTES * ANSWER_FIELDS * quotas();
		List<Answer> answers = new ArrayList<>(this.requests.size());
		for (Request request : this.requests) {
			int length = errorLength(figures);
			if (length < 0) {
				answers.add(Answer.decided(outcomes(figures, request.quotas())));
			}
			else {
				answers.add(Answer.failed(new String(answer, errors, length, StandardCharsets.UTF_8)));
				errors += length;
				figures.position(figures.position() + Double.BYTES * ANSWER_FIELDS * request.quotas());
			}
		}
		return answers;
	}

	/**
	 * Return the length in bytes of the next request's error, -1 if it did not fail.
	 */
	private static int errorLength(ByteBuffer figures) {
		int at = figures.position() + Double.BYTES;
		return (figures.getDouble(at) < 0) ? (int) figures.getDouble(at + Double.BYTES) : -1;
	}

	private static List<Outcome> outcomes(ByteBuffer figures, int quotas) {
		List<Outcome> outcomes = new ArrayList<>(quotas);
		for (int i = 0; i < quotas; i++) {
			long micros = (long) figures.getDouble();
			boolean allowed = figures.getDouble() == 1;
			long remaining = (long) figures.getDouble();
			long wait = (long) figures.getDouble();
			long reset = (long) figures.getDouble();
			outcomes.add(new Outcome(allowed, remaining, (wait < 0) ? Outcome.NEVER : wait * 1000, reset * 1000,
					Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000)));
		}
		return outcomes;
	}

	/**
	 * The arguments of the script for one request.
	 *
	 * @param keys the key of each quota's history
	 * @param groups the groups
	 * @param record whether to record allowed groups
	 */
	record Request(List<String> keys, List<QuotaGroup> groups, boolean record) {

		/** The number of doubles for a quota. */
		static final int FIELDS = 4;

		static Request of(List<QuotaGroup> groups, boolean record, RedisKeys keys) {
			List<String> written = new ArrayList<>();
			for (QuotaGroup group : groups) {
				for (Quota quota : group.quotas()) {
					written.add(keys.key(quota.client(), quota.policy()));
				}
			}
			return new Request(written, groups, record);
		}

		/**
		 * Return the number of quotas.
		 */
		int quotas() {
			return this.keys.size();
		}

		/**
		 * Write the arguments for each quota.
		 */
		void writeTo(ByteBuffer arguments) {
			for (int i = 0; i < this.groups.size(); i++) {
				QuotaGroup group = this.groups.get(i);
				for (Quota quota : group.quotas()) {
					Rate rate = quota.policy().rate();
					arguments.putDouble((double) rate.limit())
						.putDouble(periodMicros(rate))
						.putDouble((double) Math.min(quota.cost(), Rate.MAX_LIMIT + 1))
						.putDouble(group.isShadow() ? -(i + 1) : i + 1);
				}
			}
		}

		private static double periodMicros(Rate rate) {
			long micros = (rate.period().toNanos() + 999) / 1000;
			return micros;
		}

	}

	/**
	 * The answer of the script to one request.
	 *
	 * @param outcomes the outcomes, null if the request was not decided
	 * @param error why it could not be decided, null if it was decided or the script ran
	 * too late
	 */
	record Answer(@Nullable List<Outcome> outcomes, @Nullable String error) {

		/** Nothing was recorded, because the deadline had passed. */
		static final Answer TOO_LATE = new Answer(null, null);

		static Answer decided(List<Outcome> outcomes) {
			return new Answer(outcomes, null);
		}

		static Answer failed(String error) {
			return new Answer(null, error);
		}

		/**
		 * Return why there are no outcomes.
		 */
		Exception failure() {
			return (this.error != null) ? new RedisCommandExecutionException(this.error)
					: new TimeoutException("the deadline passed on the server's clock");
		}

	}

}
