package dev.throttle.backend.redis;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ScriptCall}.
 */
class ScriptCallTests {

	private static final long NOW = 1_700_000_000_123_456L;

	private static final Instant DECIDED_AT = Instant.parse("2023-11-14T22:13:20.123456Z");

	@Test
	void answerOfEachRequestIsRead() {
		byte[] answer = answer(List.of(), new long[] { 1, 7, 0, 2 }, new long[] { 0, 0, 3, 4 },
				new long[] { 0, 5, -1, 6 });
		assertThat(call(1, 2).answers(answer)).containsExactly(
				Answer.decided(List.of(new Outcome(true, 7, 0, 2000, DECIDED_AT))),
				Answer.decided(List.of(new Outcome(false, 0, 3000, 4000, DECIDED_AT),
						new Outcome(false, 5, Outcome.NEVER, 6000, DECIDED_AT))));
		assertThat(ScriptCall.serverMicros(answer)).isEqualTo(NOW);
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
	void timeAloneIsTooLateForAllRequests() {
		byte[] answer = new byte[Double.BYTES];
		ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN).putDouble(NOW);
		assertThat(call(1, 2).answers(answer)).containsExactly(Answer.TOO_LATE, Answer.TOO_LATE);
	}

	private static long[] failed(String error) {
		return new long[] { -1, error.getBytes(StandardCharsets.UTF_8).length, 0, 0 };
	}

	private static byte[] answer(List<String> errors, long[]... quotas) {
		ByteBuffer figures = ByteBuffer.allocate(Double.BYTES * 5 * quotas.length).order(ByteOrder.LITTLE_ENDIAN);
		for (long[] quota : quotas) {
			figures.putDouble(NOW);
			for (long figure : quota) {
				figures.putDouble(figure);
			}
		}
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		answer.writeBytes(figures.array());
		errors.forEach((error) -> answer.writeBytes(error.getBytes(StandardCharsets.UTF_8)));
		return answer.toByteArray();
	}

	private static ScriptCall call(int... quotas) {
		Quota quota = new Quota(Client.user("alice"), Policy.of("user", Rate.parse("100/min")));
		RedisKeys keys = new RedisKeys("throttle", null);
		return new ScriptCall(IntStream.of(quotas)
			.mapToObj((count) -> Request
				.of(List.of(new QuotaGroup(IntStream.range(0, count).mapToObj((i) -> quota).toList())), true, keys))
			.toList());
	}

}
