package dev.throttle.backend.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.Settlement.Result;
import dev.throttle.backend.redis.ScriptCall.Recording;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.test.store.PlainLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settlements in long histories, at a time that is passed in.
 */
@Tag("integration")
class RedisSettlementHistoryTests {

	private static final Client ALICE = Client.user("alice");

	private static final RedisKeys KEYS = new RedisKeys("throttle", null);

	private static final int EXACT_ENTRIES = 131_072;

	private RedisConnector connector;

	private RedisProcess redis;

	private LettuceConnection connection;

	private long now = 1_700_000_000_000_000L;

	private final PlainLog log = new PlainLog();

	private List<Policy> policies = List.of();

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

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 17, 31, 32, 33, 511, 512, 513, 1000, 4095, 4096 })
	void costIsLoweredBeforeUpTo4096LaterEntries(int later) {
		rates("100000/hour", "90000/30min");
		record(1, 500);
		long reserved = record(40);
		for (int left = later; left > 0; left -= Math.min(left, 100)) {
			record(1, Math.min(left, 100));
		}
		lower(reserved, 15, Result.SETTLED);
		lower(reserved, 25, Result.SETTLED);
		lower(reserved, 1, Result.GONE);
		record(2);
	}

	@Test
	void reservationStandsBefore4097LaterEntries() {
		rates("100000/hour");
		long reserved = record(40);
		for (int i = 0; i < 4096; i += 64) {
			record(1, 64);
		}
		long last = record(1);
		lower(reserved, 40, Result.STANDS);
		lower(last, 1, Result.SETTLED);
		lower(reserved, 40, Result.SETTLED);
	}

	@Test
	void permitsOfManyEntriesOfOneInstantAreGivenBack() {
		rates("100000/hour");
		record(1, 100);
		long reserved = record(3, 6000);
		record(1, 10);
		lower(reserved, 4000, Result.SETTLED);
		lower(reserved, 10_000, Result.SETTLED);
		record(1);
	}

	@Test
	void everyWindowIsExactAfterSettlementsUpAndDownInAnyOrder() {
		rates("3000/hour", "900/10min", "50/min");
		Random random = new Random(3);
		List<Long> reserved = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			this.now += random.nextInt(1_500_000);
			reserved.add(record(1 + random.nextInt(4)));
			if (i % 3 > 0) {
				long at = reserved.remove(Math.max(0, reserved.size() - 1 - random.nextInt(30)));
				lower(at, 1 + random.nextInt(4), null);
			}
			if (i % 7 == 0) {
				raise(1 + random.nextInt(9));
			}
			expect();
		}
	}

	@Test
	void entriesAreExactAfterSettlementsThatTakeRoundedOnesBack() {
		// the second window begins in the newest rounded entries
		rates("1000000/hour", "200000/2624s", "10000/min");
		Random random = new Random(4);
		List<Long> reserved = new ArrayList<>();
		for (int i = 0; i < EXACT_ENTRIES / 100 + 20; i++) {
			this.now += 2_000_000;
			reserved.add(record(1, 100));
		}
		for (int i = 0; i < 60; i++) {
			lower(reserved.get(reserved.size() - 1 - random.nextInt(35)), 1 + random.nextInt((i < 30) ? 3 : 40), null);
			expect();
			if (i % 4 == 3) {
				this.now += 2_000_000;
				reserved.add(record(1, 100));
			}
			if (i == 45) {
				this.now = reserved.get(20) + 3_600_000_000L;
			}
		}
	}

	private void rates(String... rates) {
		this.policies = Policy.ofScope(Scope.of("user"), Stream.of(rates).map(Rate::parse).toList());
	}

	/**
	 * Record a quota, and compare the answer with that of the log.
	 * @return the time
	 */
	private long record(long cost) {
		this.now++;
		use();
		boolean room = this.policies.stream().allMatch((policy) -> this.log.hasRoom(policy, cost));
		if (room) {
			this.log.add(cost);
		}
		assertThat(run(List.of(request(cost, Recording.ALLOWED))))
			.isEqualTo(this.policies.stream().map((policy) -> this.log.outcome(policy, room ? 0 : cost)).toList());
		return this.now;
	}

	/**
	 * Record a quota several times at one instant. It must have room.
	 * @return the time
	 */
	private long record(long cost, int times) {
		this.now++;
		use();
		for (int left = times; left > 0; left -= 100) {
			run(Collections.nCopies(Math.min(left, 100), request(cost, Recording.ALLOWED)));
		}
		for (int i = 0; i < times; i++) {
			this.log.add(cost);
		}
		return this.now;
	}

	private void use() {
		this.log.use(this.policies.stream().mapToLong(PlainLog::micros).max().orElseThrow(), this.now);
	}

	private void raise(long cost) {
		use();
		this.log.add(cost);
		run(List.of(request(cost, Recording.ALL)));
	}

	/**
	 * Compare what a peek says with the log.
	 */
	private void expect() {
		use();
		assertThat(run(List.of(request(10, Recording.NONE))))
			.isEqualTo(this.policies.stream().map((policy) -> this.log.outcome(policy, 10)).toList());
	}

	private void lower(long recordedAt, long permits, Result result) {
		Outcome outcome = new Outcome(true, 0, 0, 0, null, Outcome.DecidedBy.BACKEND, recordedAt);
		Result expected = this.log.lower(recordedAt, permits, this.now);
		assertThat(SettleScript
			.run(this.connection.commands(),
					List.of(new Settlement(new Quota(ALICE, this.policies, permits), outcome, 0)), KEYS, this.now)
			.join()).containsExactly(expected);
		if (result != null) {
			assertThat(expected).isEqualTo(result);
			expect();
		}
	}

	private Request request(long cost, Recording recording) {
		return Request.of(List.of(new QuotaGroup(List.of(new Quota(ALICE, this.policies, cost)))), recording,
				KEYS::key);
	}

	private List<Outcome> run(List<Request> requests) {
		ScriptCall call = new ScriptCall(requests);
		byte[] answer = DecideScript.run(this.connection.commands(), call, this.now, ScriptCall.NO_DEADLINE).join();
		return Objects.requireNonNull(call.answers(answer).get(requests.size() - 1).outcomes());
	}

}
