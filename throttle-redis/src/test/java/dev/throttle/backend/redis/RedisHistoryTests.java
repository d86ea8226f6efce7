package dev.throttle.backend.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.redis.ScriptCall.Answer;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.test.store.PlainLog;
import io.lettuce.core.ScriptOutputType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Long histories with several windows, at a time that is passed in, and what the server
 * keeps of a history.
 */
@Tag("integration")
class RedisHistoryTests {

	private static final Client ALICE = Client.user("alice");

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	private static final String KEY = KEYS.key(ALICE, "user");

	private static final int EXACT_ENTRIES = 131_072;

	private RedisProcess redis;

	private RedisConnector connector;

	private LettuceConnection connection;

	private long now = 1_700_000_000_000_000L;

	@BeforeEach
	void start() {
		this.redis = RedisProcess.start();
		this.connector = RedisFixture.connector(this.redis.uri());
		this.connection = this.connector.connect().join();
		peek("1/s");
	}

	@AfterEach
	void stop() {
		this.connector.close();
		this.redis.close();
	}

	@ParameterizedTest
	@CsvSource({ "3000/hour, 50/min, 700", "1000/hour, 999/30min, 1000", "5000/day, 40/20s, 300",
			"100/min, 20/10s, 250", "30/min, 17/30s, 900" })
	void everyWindowOfALongHistoryIsExact(String longest, String shortest, int paceMillis) {
		List<Policy> policies = policies(shortest, longest);
		PlainLog log = new PlainLog();
		Random random = new Random(1);
		List<ScriptCall> calls = new ArrayList<>();
		List<CompletableFuture<byte[]>> answers = new ArrayList<>();
		List<List<Outcome>> expected = new ArrayList<>();
		for (int i = 0; i < 4000; i++) {
			this.now += (i % 2000 == 1999) ? Duration.ofMinutes(50).toNanos() / 1000
					: 1000L * random.nextInt(2 * paceMillis);
			long cost = 1 + random.nextInt(10) / 9;
			calls.add(call(new Quota(ALICE, policies, cost), 1));
			answers.add(run(calls.get(i)));
			expected.add(expect(log, policies, cost));
		}
		for (int i = 0; i < calls.size(); i++) {
			assertThat(outcomes(calls.get(i), answers.get(i))).as("request %s", i).isEqualTo(expected.get(i));
		}
	}

	private List<Outcome> expect(PlainLog log, List<Policy> policies, long cost) {
		log.use(policies.stream().mapToLong(PlainLog::micros).max().orElseThrow(), this.now);
		boolean room = policies.stream().allMatch((policy) -> log.hasRoom(policy, cost));
		if (room) {
			log.add(cost);
		}
		return policies.stream().map((policy) -> log.outcome(policy, room ? 0 : cost)).toList();
	}

	@Test
	void entriesBeforeTheNewest131072AreRoundedUpToAStepOfTheLongestPeriod() throws IOException {
		String[] rates = { "1000000/hour", "200000/20min", "10000/min" };
		int count = 161_000;
		long first = this.now;
		ScriptCall call = call(new Quota(ALICE, policies(rates), 1), 100);
		for (int i = 0; i < count / 100 - 1; i++) {
			this.now = first + i * 2_000_000L;
			if (i % 50 == 0) {
				run(call).join();
			}
			else {
				run(call);
			}
		}
		this.now += 2_000_000;
		assertThat(outcomes(call)).extracting(Outcome::remaining)
			.containsExactly(1_000_000L - count, 200_000L - 600 * 100, 10_000L - 30 * 100);
		int bytes = 14 * (EXACT_ENTRIES + count / 100) + 256;
		assertThat(number("STRLEN")).as("a hundred entries of one instant are one").isLessThan(bytes);
		for (int i : new int[] { 1, 17, 250, 299 }) {
			this.now = first + i * 2_000_000L + 3600 * 1_000_000L - 1;
			assertThat(peek(rates)).first().returns(1_000_000L - count + i * 100, Outcome::remaining);
			this.now++;
			assertThat(peek(rates)).first().returns(1_000_000L - count + (i + 1) * 100, Outcome::remaining);
		}
	}

	@Test
	void historyThatIsLongNoMoreIsShortAgain() throws IOException {
		for (int i = 0; i < 400; i++) {
			decide("1000/min", "500/30s");
		}
		assertThat(number("STRLEN")).isGreaterThan(400 * 14);
		this.now += 59_000_000;
		decide("1000/min", "500/30s");
		this.now += 1_000_000;
		assertThat(decide("1000/min", "500/30s")).extracting(Outcome::remaining).containsExactly(998L, 498L);
		assertThat(number("STRLEN")).isLessThan(256);
	}

	@ParameterizedTest
	@CsvSource({ "1000/hour, 1000/day, 1000", "10000/hour, 10000/day, 10000" })
	void entriesOfAFullWindowTakeAtMost20BytesEach(String shortest, String longest, int limit) throws IOException {
		ScriptCall call = call(new Quota(ALICE, policies(shortest, longest), 1), 10);
		for (int i = 10; i < limit; i += 10) {
			run(call);
			this.now += 1_000_000;
		}
		assertThat(outcomes(call)).extracting(Outcome::remaining).containsExactly(0L, 0L);
		assertThat(number("MEMORY USAGE") / limit).isBetween(14L, 19L);
	}

	@Test
	void ratesOfAScopeShareOneKeyThatIsKeptForTheLongest() throws IOException {
		for (String[] rates : new String[][] { { "9/min", "99/hour" }, { "99/hour", "9/min" } }) {
			decide(rates);
			assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":1");
			assertThat(number("PTTL")).isBetween(3_590_000L, 3_605_002L);
		}
		decide("9/min");
		assertThat(number("PTTL")).as("what was used is kept").isGreaterThan(3_540_000);
	}

	@Test
	void resetForgetsAScopeAndItsShadowInOneCall() throws IOException {
		try (RedisCacheBackend backend = RedisFixture.patientBackend(this.redis.uri())) {
			Policy policy = Policy.of("user", Rate.parse("9/min"));
			backend.decide(List.of(new QuotaGroup(List.of(new Quota(ALICE, policy))),
					new QuotaGroup(List.of(new Quota(ALICE, policy.asShadow())), true)));
			assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":2");
			backend.reset(ALICE, policy.scope());
			assertThat(this.redis.command("DBSIZE").strip()).isEqualTo(":0");
			assertThat(this.redis.field("INFO commandstats", "cmdstat_del")).startsWith("calls=1,");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "60e6", "3600e6", "86400e6", "31536000e6" })
	void historyOfAnotherLayoutIsLeftAlone(String period) {
		String other = "struct.pack('<dddddI7I7', %s, 17e14, 0, 17e14 + %s + 1e6, 0, 17e14, 1)".formatted(period,
				period);
		eval("redis.call('SET', KEYS[1], " + other + ") return ''");
		ScriptCall call = call(new Quota(ALICE, policies("9/min"), 1), 1);
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> run(call).join());
		assertThat(eval("return tostring(redis.call('GET', KEYS[1]) == " + other + ")")).isEqualTo("true");
	}

	private String eval(String script) {
		return this.connection.commands()
			.<String>eval(script, ScriptOutputType.VALUE, KEY)
			.toCompletableFuture()
			.join();
	}

	private CompletableFuture<byte[]> run(ScriptCall call) {
		return DecideScript.run(this.connection.commands(), call, this.now, ScriptCall.NO_DEADLINE);
	}

	private List<Outcome> peek(String... rates) {
		return outcomes(new ScriptCall(List
			.of(Request.of(List.of(new QuotaGroup(List.of(new Quota(ALICE, policies(rates), 1)))), false, KEYS))));
	}

	private List<Outcome> decide(String... rates) {
		return outcomes(call(new Quota(ALICE, policies(rates), 1), 1));
	}

	private List<Outcome> outcomes(ScriptCall call) {
		return outcomes(call, run(call));
	}

	private static List<Outcome> outcomes(ScriptCall call, CompletableFuture<byte[]> answer) {
		List<Answer> answers = call.answers(answer.join());
		return Objects.requireNonNull(answers.get(answers.size() - 1).outcomes());
	}

	private static ScriptCall call(Quota quota, int times) {
		return new ScriptCall(
				Collections.nCopies(times, Request.of(List.of(new QuotaGroup(List.of(quota))), true, KEYS)));
	}

	private static List<Policy> policies(String... rates) {
		return Policy.ofScope(Scope.of("user"), Stream.of(rates).map(Rate::parse).toList());
	}

	/**
	 * Return the answer to a command about the key.
	 */
	private long number(String command) throws IOException {
		return Long.parseLong(this.redis.command(command + " " + KEY).substring(1).strip());
	}

}
