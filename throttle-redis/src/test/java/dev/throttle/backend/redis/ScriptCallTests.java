package dev.throttle.backend.redis;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScriptCall}.
 */
class ScriptCallTests {

	private static final long NOW = 1_700_000_000_123_456L;

	private static final Instant DECIDED_AT = Instant.parse("2023-11-14T22:13:20.123456Z");

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	@Test
	void answerOfEachRequestIsRead() {
		byte[] answer = answer(List.of(), new long[] { 1, 7, 0, 2 }, new long[] { 0, 0, 3, 4 },
				new long[] { 0, 5, -1, 6 });
		assertThat(call(1, 2).answers(answer)).containsExactly(
				Answer.decided(List.of(new Outcome(true, 7, 0, 2000, DECIDED_AT, DecidedBy.BACKEND, NOW))),
				Answer.decided(List.of(new Outcome(false, 0, 3000, 4000, DECIDED_AT),
						new Outcome(false, 5, Outcome.NEVER, 6000, DECIDED_AT))));
		assertThat(ScriptCall.serverMicros(answer)).isEqualTo(NOW);
	}

	@Test
	void groupIsRecordedIfAllOfItHasRoomAndAShadowOnlyIfNoGroupBeforeItIsDenied() {
		QuotaGroup alice = new QuotaGroup(List.of(quota("alice", 1, "9/day"), quota("bob", 1, "9/day")));
		QuotaGroup carol = new QuotaGroup(List.of(quota("carol", 1, "9/day")));
		QuotaGroup shadow = new QuotaGroup(List.of(quota("shadow", 1, "9/day")), true);
		List<QuotaGroup> groups = List.of(shadow, carol, alice, shadow);
		byte[] room = answer(new long[] { 1, 7, 0, 2 });
		byte[] none = answer(new long[] { 0, 0, 3, 4 });
		assertThat(outcomes(new ScriptCall(List.of(Request.of(groups, true, KEYS))), room, room, room, none, room))
			.extracting(Outcome::isRecorded)
			.containsExactly(true, true, false, false, false);
		assertThat(outcomes(new ScriptCall(List.of(Request.of(groups, true, KEYS))), none, room, room, room, room))
			.extracting(Outcome::isRecorded)
			.containsExactly(false, true, true, true, true);
		assertThat(outcomes(new ScriptCall(List.of(Request.of(groups, false, KEYS))), room, room, room, room, room))
			.noneMatch(Outcome::isRecorded);
	}

	@Test
	void errorOfEachRequestThatFailedIsRead() {
		String first = "ERR zu kurz – größer wäre besser";
		String last = "WRONGTYPE";
		byte[] answer = answer(List.of(first, last), new long[] { 1, 7, 0, 2 }, failed(first), new long[4],
				new long[] { 1, 6, 0, 2 }, failed(last));
		assertThat(call(1, 2, 1, 1).answers(answer)).extracting(Answer::error).containsExactly(null, first, null, last);
	}

	@Test
	void ratesAreSentTheLongestPeriodFirstAndAnsweredInTheirOwnOrder() {
		ScriptCall call = new ScriptCall(List.of(Request.of(
				List.of(new QuotaGroup(List.of(quota("alice", 1, "2/s", "9/day", "5/min"), quota("bob", 2, "3/min")))),
				true, KEYS)));
		assertThat(doubles(call.arguments(NOW, 7))).containsExactly(NOW, 0, 7, 1, 1, 1, 3, 9, 86_400e6, 5, 60e6, 2, 1e6,
				2, 1, 1, 3, 60e6);
		assertThat(
				outcomes(call, answer(new long[] { 1, 8, 0, 9 }, new long[] { 1, 4, 0, 5 }, new long[] { 0, 0, 2, 2 }),
						answer(new long[] { 1, 1, 0, 3 })))
			.extracting(Outcome::remaining)
			.containsExactly(0L, 8L, 4L, 1L);
	}

	@Test
	void quotasOfAGroupThatShareAHistoryAreSentAsOne() {
		Quota quota = quota("alice", 1, "9/day");
		ScriptCall call = new ScriptCall(List.of(Request.of(List.of(
				new QuotaGroup(List.of(quota, quota("bob", 1, "3/s"), quota("alice", Long.MAX_VALUE, "9/day", "2/s"))),
				new QuotaGroup(List.of(quota))), true, KEYS)));
		assertThat(call.keys()).containsExactly("throttle:{user:alice}:user", "throttle:{user:bob}:user",
				"throttle:{user:alice}:user");
		assertThat(doubles(call.arguments(NOW, 7))).containsExactly(NOW, 0, 7, 1, Rate.MAX_LIMIT + 1, 1, 2, 9, 86_400e6,
				2, 1e6, 1, 1, 1, 3, 1e6, 1, 2, 1, 9, 86_400e6);
		assertThat(outcomes(call, answer(new long[] { 0, 8, -1, 9 }, new long[] { 0, 2, -1, 0 }),
				answer(new long[] { 1, 3, 0, 0 }), answer(new long[] { 1, 7, 0, 9 })))
			.extracting(Outcome::remaining)
			.containsExactly(8L, 3L, 8L, 2L, 7L);
	}

	@ParameterizedTest
	@CsvSource({ "22:13:20, 22:00, 22:00, 23:00", "22:10:00, 22:00, 22:00, 23:00", "22:09:59, 21:00, 22:00, 23:00",
			"22:00:00, 21:00, 22:00, 23:00", "21:59:59, 21:00, 21:00, 22:00" })
	void calendarQuotaIsSentWithTheBoundariesAroundTheDeadline(String deadline, String before, String start,
			String end) {
		Quota alice = quota("alice", 2, "9/calendar-hour");
		ScriptCall call = new ScriptCall(
				List.of(Request.of(List.of(new QuotaGroup(List.of(alice, quota("bob", 1, "3/s")))), true, KEYS)));
		assertThat(call.keys()).containsExactly("throttle:{user:alice}:user/calendar-hour", "throttle:{user:bob}:user");
		assertThat(doubles(call.arguments(ScriptCall.SERVER_TIME, (long) micros(deadline)))).containsExactly(-1,
				micros(before), micros(deadline), 1, 2, 1, -1, micros(before), micros(start), micros(end), 9, 1, 1, 1,
				3, 1e6);
	}

	@Test
	void calendarQuotaIsSentWithTheBoundariesAroundTheTimeIfThereIsNoDeadline() {
		ScriptCall call = new ScriptCall(List
			.of(Request.of(List.of(new QuotaGroup(List.of(quota("alice", 1, "9/calendar-hour")))), true, KEYS)));
		assertThat(doubles(call.arguments(NOW, ScriptCall.NO_DEADLINE))).endsWith(micros("22:00"), micros("22:00"),
				micros("23:00"), 9);
	}

	@Test
	void earliestTimeIsTheLatestBoundaryOfAllRequests() {
		Request hour = Request.of(List.of(new QuotaGroup(List.of(quota("alice", 1, "9/calendar-hour")))), true, KEYS);
		Request year = Request.of(List.of(new QuotaGroup(List.of(quota("alice", 1, "9/calendar-year")))), true, KEYS);
		for (List<Request> requests : List.of(List.of(hour, year), List.of(year, hour))) {
			ScriptCall call = new ScriptCall(requests);
			assertThat(doubles(call.arguments(ScriptCall.SERVER_TIME, NOW))[1]).isEqualTo(micros("22:00"));
			assertThat(doubles(Objects.requireNonNull(call.sizes()))).containsExactly(1, 56, 40, 1, 56, 40);
		}
	}

	@Test
	void timeAloneIsTooLateForAllRequests() {
		byte[] answer = new byte[Double.BYTES];
		ByteBuffer.wrap(answer).putDouble(NOW);
		assertThat(call(1, 2).answers(answer)).containsExactly(Answer.TOO_LATE, Answer.TOO_LATE);
	}

	private static List<Outcome> outcomes(ScriptCall call, byte[]... quotas) {
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		for (byte[] quota : quotas) {
			answer.writeBytes(quota);
		}
		return Objects.requireNonNull(call.answers(answer.toByteArray()).get(0).outcomes());
	}

	/**
	 * Return a time of the day in microseconds since the epoch.
	 */
	private static double micros(String time) {
		return DECIDED_AT.atZone(ZoneOffset.UTC).with(LocalTime.parse(time)).toEpochSecond() * 1e6;
	}

	private static double[] doubles(byte[] bytes) {
		double[] doubles = new double[bytes.length / Double.BYTES];
		ByteBuffer.wrap(bytes).asDoubleBuffer().get(doubles);
		return doubles;
	}

	private static Quota quota(String user, long cost, String... rates) {
		return new Quota(Client.user(user),
				Policy.ofScope(Scope.of("user"), Stream.of(rates).map(Rate::parse).toList()), cost);
	}

	/**
	 * Return the answer about one quota.
	 */
	private static byte[] answer(long[]... rates) {
		ByteBuffer figures = ByteBuffer.allocate(Double.BYTES * (1 + 4 * rates.length)).putDouble(NOW);
		for (long[] rate : rates) {
			for (long figure : rate) {
				figures.putDouble(figure);
			}
		}
		return figures.array();
	}

	private static long[] failed(String error) {
		return new long[] { -1, error.getBytes(StandardCharsets.UTF_8).length, 0, 0 };
	}

	private static byte[] answer(List<String> errors, long[]... quotas) {
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		for (long[] quota : quotas) {
			answer.writeBytes(answer(quota));
		}
		errors.forEach((error) -> answer.writeBytes(error.getBytes(StandardCharsets.UTF_8)));
		return answer.toByteArray();
	}

	private static ScriptCall call(int... quotas) {
		Policy policy = Policy.of("user", Rate.parse("100/min"));
		return new ScriptCall(IntStream.of(quotas)
			.mapToObj((count) -> Request.of(List.of(new QuotaGroup(
					IntStream.range(0, count).mapToObj((i) -> new Quota(Client.user("user-" + i), policy)).toList())),
					true, KEYS))
			.toList());
	}

}
