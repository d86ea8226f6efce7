package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the server keeps of a calendar quota, and what becomes of it when the clock is
 * set.
 */
@Tag("integration")
class RedisCalendarTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Client ALICE = Client.user("alice");

	private static final Scope EXPORTS = Scope.of("exports");

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	private static final String KEY = "throttle:{user:alice}:exports/calendar-month";

	private static final Quota MONTH = quota("2/calendar-month", ZoneOffset.UTC);

	private RedisProcess redis;

	private RedisConnector connector;

	private LettuceConnection connection;

	@BeforeEach
	void start() {
		this.redis = RedisProcess.start();
		this.connector = RedisFixture.connector(this.redis.uri());
		this.connection = this.connector.connect().join();
	}

	@AfterEach
	void stop() {
		this.connector.close();
		this.redis.close();
	}

	@Test
	void requestOfSlidingAndCalendarRatesIsOneCommand() {
		QuotaGroup group = new QuotaGroup(List.of(quota("9/s", ZoneOffset.UTC), MONTH));
		try (RedisCacheBackend backend = RedisFixture.patientBackend(this.redis.uri())) {
			backend.decide(List.of(group));
			assertThat(backend.decide(List.of(group))).extracting(Outcome::remaining).containsExactly(7L, 0L);
			assertThat(this.redis.field("INFO commandstats", "cmdstat_evalsha")).startsWith("calls=2,");
			assertThat(backend.decide(List.of(group))).extracting(Outcome::remaining).containsExactly(7L, 0L);
			assertThat(this.redis.field("INFO commandstats", "cmdstat_evalsha")).startsWith("calls=3,");
			backend.decide(List.of(group));
			assertThat(this.redis.field("INFO commandstats", "cmdstat_evalsha")).startsWith("calls=3,");
		}
	}

	@Test
	void quotaIsOneSmallKeyThatExpiresAfterItsWindow() throws IOException {
		Instant last = Instant.parse("2026-01-31T23:59:00Z");
		decide(MONTH, last.minusSeconds(1000));
		assertThat(decide(MONTH, last)).returns(0L, Outcome::remaining)
			.returns(Duration.ofMinutes(1).toNanos(), Outcome::resetNanos);
		assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":1");
		assertThat(number("STRLEN")).isEqualTo(21);
		assertThat(number("PTTL")).isBetween(60_000L, 70_000L);
		assertThat(decide(MONTH, last.plusSeconds(50)).isAllowed()).isFalse();
		assertThat(number("PTTL")).as("a denied request writes nothing").isGreaterThan(60_000L);
	}

	@Test
	void resetForgetsTheQuotasOfAScopeInOneCommand() throws IOException {
		try (RedisCacheBackend backend = RedisFixture.patientBackend(this.redis.uri())) {
			backend.decide(List.of(new QuotaGroup(
					List.of(MONTH, quota("9/calendar-year", ZoneOffset.UTC), quota("9/s, 99/day", ZoneOffset.UTC)))));
			assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":3");
			backend.reset(ALICE, EXPORTS);
			assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":0");
			assertThat(this.redis.field("INFO commandstats", "cmdstat_del")).startsWith("calls=1,");
		}
	}

	@Test
	void denialLastsUntilTheNextBoundaryAtMostAfterTheClockIsSetBack() throws IOException {
		Instant february = Instant.parse("2026-02-01T00:00:00Z");
		decide(MONTH, february.plusSeconds(10));
		assertThat(decide(MONTH, february.plusSeconds(10)).remaining()).isZero();
		Instant before = february.minusSeconds(20);
		assertThat(decide(MONTH, before)).returns(false, Outcome::isAllowed)
			.returns(Duration.ofSeconds(20).toNanos(), Outcome::waitNanos);
		assertThat(number("PTTL")).isBetween(20_000L, 30_000L);
		assertThat(decide(MONTH, february)).as("the boundary ends it, though it was recorded later")
			.returns(1L, Outcome::remaining);
	}

	@Test
	void lookAloneSetsTheLastRecordingBack() {
		Instant february = Instant.parse("2026-02-01T00:00:00Z");
		decide(MONTH, february.plusSeconds(10));
		assertThat(peek(MONTH, february.minusSeconds(20)).remaining()).isEqualTo(1);
		assertThat(peek(MONTH, february).remaining()).isEqualTo(2);
	}

	@Test
	void changedZoneKeepsTheKeyUntilTheEndOfItsWindow() throws IOException {
		Quota berlin = quota("2/calendar-month", ZoneId.of("Europe/Berlin"));
		Instant boundary = Instant.parse("2026-01-31T23:00:00Z");
		decide(MONTH, boundary);
		assertThat(decide(MONTH, boundary.plusSeconds(1)).resetNanos()).isEqualTo(Duration.ofSeconds(3599).toNanos());
		assertThat(decide(berlin, boundary.plusSeconds(2)).isAllowed()).isFalse();
		assertThat(number("PTTL")).isGreaterThan(Duration.ofDays(27).toMillis());
	}

	@Test
	void debtsStayWithinWhatTheCounterHolds() {
		Instant now = Instant.parse("2026-06-15T12:00:00Z");
		Quota debt = new Quota(ALICE, MONTH.policies(), Long.MAX_VALUE);
		for (int i = 0; i < 6; i++) {
			ScriptCall call = new ScriptCall(
					List.of(Request.of(List.of(new QuotaGroup(List.of(debt))), Recording.ALL, KEYS::key)));
			outcome(call, now);
			assertThat(decide(MONTH, now)).returns(false, Outcome::isAllowed).returns(0L, Outcome::remaining);
		}
	}

	@Test
	void requestWithOtherBoundariesRecordsNothing() throws IOException {
		Instant now = Instant.parse("2026-06-15T12:00:00Z");
		ScriptCall call = call(MONTH, true);
		for (Duration ahead : List.of(Duration.ofDays(40), Duration.ofDays(400), Duration.ofMillis(-1))) {
			byte[] answer = DecideScript.run(this.connection.commands(), call, micros(now), micros(now.plus(ahead)))
				.join();
			assertThat(call.answers(answer)).containsExactly(Answer.TOO_LATE);
			assertThat(ScriptCall.serverMicros(answer)).isEqualTo(micros(now));
		}
		assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":0");
	}

	@Test
	void keyThatSomethingElseWroteIsLeftAloneAndHarmsItsOwnRequestAlone() throws IOException {
		Request calendar = request(MONTH, true);
		Request sliding = request(quota("1000/day", ZoneOffset.UTC), true);
		String digits = "12345678901234567890".repeat(3);
		List<String> commands = Stream
			.concat(Stream.of("LPUSH " + KEY + " x", "SETBIT " + KEY + " 167 0"),
					Stream.of(1, 20, 21, 22, 54)
						.flatMap((length) -> Stream.of(digits.substring(0, length), "a".repeat(length)))
						.map((text) -> "SET " + KEY + " " + text))
			.toList();
		ScriptCall together = new ScriptCall(List.of(sliding, calendar, sliding));
		for (String command : commands) {
			this.redis.command("DEL " + KEY);
			this.redis.command(command);
			String written = this.redis.command("DUMP " + KEY);
			List<Answer> answers = together.answers(run(together, Instant.now()).join());
			assertThat(answers).as(command)
				.extracting((answer) -> answer.outcomes() != null)
				.containsExactly(true, false, true);
			for (boolean record : new boolean[] { true, false }) {
				assertThatExceptionOfType(CompletionException.class).as(command)
					.isThrownBy(() -> run(call(MONTH, record), Instant.now()).join())
					.withCauseInstanceOf(RedisCommandExecutionException.class);
			}
			assertThat(this.redis.command("DUMP " + KEY)).isEqualTo(written);
		}
	}

	@Test
	void processCountsWhileTheServerIsAway() {
		try (RedisCacheBackend backend = RedisCacheBackend
			.builder(RedisFixture.connector(this.redis.uri()), MemoryCacheBackend.builder().build())
			.timeout(Duration.ofMillis(500))
			.build()) {
			this.redis.kill();
			RedisFixture.await(PATIENCE, () -> backend.decide(MONTH).get(0).decidedBy() == DecidedBy.LOCAL);
			RedisFixture.await(PATIENCE, () -> !backend.decide(MONTH).get(0).isAllowed());
			Outcome denied = backend.decide(MONTH).get(0);
			Instant end = Objects.requireNonNull(denied.decidedAt()).plusNanos(denied.waitNanos());
			assertThat(micros(end)).isEqualTo(MONTH.policies().get(0).windowAt(micros(Instant.now())).endMicros());
		}
	}

	private Outcome decide(Quota quota, Instant now) {
		return outcome(call(quota, true), now);
	}

	private Outcome peek(Quota quota, Instant now) {
		return outcome(call(quota, false), now);
	}

	private Outcome outcome(ScriptCall call, Instant now) {
		return Objects.requireNonNull(call.answers(run(call, now).join()).get(0).outcomes()).get(0);
	}

	private CompletableFuture<byte[]> run(ScriptCall call, Instant now) {
		return DecideScript.run(this.connection.commands(), call, micros(now), ScriptCall.NO_DEADLINE);
	}

	private static ScriptCall call(Quota quota, boolean record) {
		return new ScriptCall(List.of(request(quota, record)));
	}

	private static Request request(Quota quota, boolean record) {
		return Request.of(List.of(new QuotaGroup(List.of(quota))), record, KEYS);
	}

	private static Quota quota(String rates, ZoneId zone) {
		return new Quota(ALICE, Policy.ofScope(EXPORTS, Rate.parseAll(rates), zone, null), 1);
	}

	private static long micros(Instant time) {
		return Duration.between(Instant.EPOCH, time).toNanos() / 1000;
	}

	/**
	 * Return the answer to a command about the key.
	 */
	private long number(String command) throws IOException {
		return Long.parseLong(this.redis.command(command + " " + KEY).substring(1).strip());
	}

}
