package dev.throttle.backend.redis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import dev.throttle.CalendarWindow;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.remote.MergedGroup;
import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call of the script: its arguments and its answer.
 *
 * @param requests the requests that it decides, at least one, all of one recording
 */
record ScriptCall(List<Request> requests) {

	private static final int HEAD = 4;

	/**
	 * How long before its deadline the script must run to find the window of a calendar
	 * quota: longer than any timeout, and shorter than any window.
	 */
	private static final long MICROS_BEFORE_DEADLINE = 600_000_000;

	/**
	 * Which groups a request records.
	 */
	enum Recording {

		/** None: it peeks. */
		NONE(0),

		/** Those that have room. */
		ALLOWED(1),

		/** All, whether or not they have room. */
		ALL(2);

		private final int argument;

		Recording(int argument) {
			this.argument = argument;
		}

	}

	/** In place of a time: use the server's. */
	static final long SERVER_TIME = -1;

	/** In place of a deadline: there is none. */
	static final long NO_DEADLINE = Long.MAX_VALUE;

	/**
	 * Return the keys of all requests.
	 */
	String[] keys() {
		return this.requests.stream().flatMap((request) -> request.keys().stream()).toArray(String[]::new);
	}

	/**
	 * Write the arguments of the script, except for the keys. Those of a calendar quota
	 * are the boundaries around the deadline, or around the time if there is no deadline.
	 * @param time the time in microseconds since the epoch
	 * @param deadline the time after which nothing is recorded
	 */
	byte[] arguments(long time, long deadline) {
		long latest = (deadline != NO_DEADLINE) ? deadline : time;
		long earliest = 0;
		int size = Double.BYTES * HEAD;
		for (Request request : this.requests) {
			earliest = Math.max(earliest, request.earliest(latest));
			size += request.argumentBytes();
		}
		ByteBuffer arguments = ByteBuffer.allocate(size)
			.putDouble((double) time)
			.putDouble((double) earliest)
			.putDouble((double) deadline)
			.putDouble(this.requests.get(0).recording().argument);
		this.requests.forEach((request) -> request.writeTo(arguments, latest));
		return arguments.array();
	}

	private static boolean isCalendar(Quota quota) {
		return quota.policies().get(0).isCalendar();
	}

	/**
	 * Return the window before the one that contains a time, or the same window if no
	 * script that runs before this time can be in the one before.
	 */
	private static CalendarWindow previousWindow(Quota quota, long latest) {
		return quota.policies().get(0).windowAt(latest - MICROS_BEFORE_DEADLINE);
	}

	/**
	 * Write how many keys and how long arguments and answers each request has.
	 * @return the numbers, null if there is one request
	 */
	byte @Nullable [] sizes() {
		if (this.requests.size() == 1) {
			return null;
		}
		ByteBuffer sizes = ByteBuffer.allocate(3 * Double.BYTES * this.requests.size());
		this.requests.forEach((request) -> sizes.putDouble(request.quotas())
			.putDouble(request.argumentBytes())
			.putDouble(request.answerBytes()));
		return sizes.array();
	}

	/**
	 * Return the server's time, with which an answer begins, in microseconds since the
	 * epoch.
	 */
	static long serverMicros(byte[] answer) {
		return (long) ByteBuffer.wrap(answer).getDouble();
	}

	/**
	 * Read the answer to each request.
	 */
	List<Answer> answers(byte[] answer) {
		if (answer.length == Double.BYTES) {
			return Collections.nCopies(this.requests.size(), Answer.TOO_LATE);
		}
		ByteBuffer figures = ByteBuffer.wrap(answer);
		int errors = 0;
		for (Request request : this.requests) {
			errors += request.answerBytes();
		}
		List<Answer> answers = new ArrayList<>(this.requests.size());
		for (Request request : this.requests) {
			int length = errorLength(figures);
			if (length < 0) {
				answers.add(Answer.decided(request.outcomes(figures)));
			}
			else {
				answers.add(Answer.failed(new String(answer, errors, length, StandardCharsets.UTF_8)));
				errors += length;
				figures.position(figures.position() + request.answerBytes());
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

	/**
	 * The arguments of the script for one request.
	 *
	 * @param keys the keys of the histories, group by group
	 * @param groups the groups
	 * @param recording which groups to record
	 */
	record Request(List<String> keys, List<MergedGroup> groups, Recording recording) {

		/** The number of doubles for a quota, without its rates. */
		private static final int QUOTA_FIELDS = 3;

		/** The number of doubles for a rate with a sliding window. */
		private static final int RATE_FIELDS = 2;

		/** The number of doubles for the boundaries of a calendar quota. */
		private static final int BOUNDARIES = 3;

		/** The number of doubles in the answer about a rate. */
		private static final int ANSWER_FIELDS = 4;

		static Request of(List<QuotaGroup> groups, boolean record, RedisKeys keys) {
			return of(groups, record ? Recording.ALLOWED : Recording.NONE, keys::key);
		}

		static Request of(List<QuotaGroup> groups, Recording recording, Function<Quota, String> key) {
			List<String> keys = new ArrayList<>();
			List<MergedGroup> merged = new ArrayList<>(groups.size());
			for (QuotaGroup group : groups) {
				MergedGroup one = MergedGroup.of(group);
				one.quotas().forEach((quota) -> keys.add(key.apply(quota)));
				merged.add(one);
			}
			return new Request(keys, merged, recording);
		}

		/**
		 * Return the number of keys.
		 */
		int quotas() {
			return this.keys.size();
		}

		/**
		 * Return the first boundary that all calendar quotas know, 0 if there is none.
		 * @param latest the time around which the boundaries are
		 */
		long earliest(long latest) {
			long earliest = 0;
			for (MergedGroup group : this.groups) {
				for (Quota quota : group.quotas()) {
					if (isCalendar(quota)) {
						earliest = Math.max(earliest, previousWindow(quota, latest).startMicros());
					}
				}
			}
			return earliest;
		}

		/**
		 * Return the length of the arguments in bytes.
		 */
		int argumentBytes() {
			int doubles = 0;
			for (MergedGroup group : this.groups) {
				for (Quota quota : group.quotas()) {
					int rates = quota.policies().size();
					doubles += QUOTA_FIELDS + (isCalendar(quota) ? BOUNDARIES + rates : RATE_FIELDS * rates);
				}
			}
			return Double.BYTES * doubles;
		}

		/**
		 * Return the length of the answer in bytes.
		 */
		int answerBytes() {
			int doubles = 0;
			for (MergedGroup group : this.groups) {
				for (Quota quota : group.quotas()) {
					doubles += 1 + ANSWER_FIELDS * quota.policies().size();
				}
			}
			return Double.BYTES * doubles;
		}

		/**
		 * Write the arguments for each quota.
		 * @param latest the time around which the boundaries of calendar quotas are
		 */
		void writeTo(ByteBuffer arguments, long latest) {
			int number = 0;
			for (MergedGroup group : this.groups) {
				number++;
				for (Quota quota : group.quotas()) {
					arguments.putDouble((double) Math.min(quota.cost(), Rate.MAX_LIMIT + 1))
						.putDouble(group.isShadow() ? -number : number)
						.putDouble(isCalendar(quota) ? -quota.policies().size() : quota.policies().size());
					if (isCalendar(quota)) {
						writeBoundaries(quota, arguments, latest);
					}
					for (Policy policy : quota.policies()) {
						arguments.putDouble((double) policy.rate().limit());
						if (!isCalendar(quota)) {
							arguments.putDouble(periodMicros(policy));
						}
					}
				}
			}
		}

		private static void writeBoundaries(Quota quota, ByteBuffer arguments, long latest) {
			CalendarWindow window = quota.policies().get(0).windowAt(latest);
			arguments.putDouble((double) previousWindow(quota, latest).startMicros())
				.putDouble((double) window.startMicros())
				.putDouble((double) window.endMicros());
		}

		private static double periodMicros(Policy policy) {
			long micros = (policy.periodNanos() + 999) / 1000;
			return micros;
		}

		/**
		 * Read the answer.
		 * @return the outcome of each policy of each quota that was asked for
		 */
		List<Outcome> outcomes(ByteBuffer figures) {
			List<Outcome> outcomes = new ArrayList<>();
			boolean denied = false;
			for (MergedGroup group : this.groups) {
				boolean room = hasRoom(group, figures);
				boolean recorded = room && this.recording != Recording.NONE && !(denied && group.isShadow());
				denied |= !room && !group.isShadow();
				List<Outcome> read = new ArrayList<>();
				group.quotas().forEach((quota) -> read(quota, figures, recorded, read));
				outcomes.addAll(group.asAsked(read));
			}
			return outcomes;
		}

		private static boolean hasRoom(MergedGroup group, ByteBuffer figures) {
			int at = figures.position();
			for (Quota quota : group.quotas()) {
				at += Double.BYTES;
				for (int i = 0; i < quota.policies().size(); i++) {
					if (figures.getDouble(at) == 0) {
						return false;
					}
					at += Double.BYTES * ANSWER_FIELDS;
				}
			}
			return true;
		}

		private static void read(Quota quota, ByteBuffer figures, boolean recorded, List<Outcome> outcomes) {
			long micros = (long) figures.getDouble();
			long recordedAt = recorded ? micros : Outcome.NOT_RECORDED;
			Instant time = Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
			for (int i = 0; i < quota.policies().size(); i++) {
				boolean allowed = figures.getDouble() == 1;
				long remaining = (long) figures.getDouble();
				long wait = (long) figures.getDouble();
				long reset = (long) figures.getDouble();
				outcomes.add(new Outcome(allowed, remaining, (wait < 0) ? Outcome.NEVER : wait * 1000, reset * 1000,
						time, DecidedBy.BACKEND, recordedAt));
			}
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
