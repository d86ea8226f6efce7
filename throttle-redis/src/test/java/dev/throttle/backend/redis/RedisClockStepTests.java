package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.redis.ScriptCall.Request;
import dev.throttle.backend.remote.OnFailure;
import dev.throttle.test.store.Driver;
import dev.throttle.test.store.FakeClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of counts when the server's clock is set back or forth, or a replica whose
 * clock differs takes over.
 */
@Tag("integration")
class RedisClockStepTests {

	private static final Duration PERIOD = Duration.ofSeconds(10);

	private static final AtomicLong micros = new AtomicLong(1_700_000_000_000_000L);

	private static RedisCacheBackend backend;

	private final Client client = Client.user(UUID.randomUUID().toString());

	Driver driver() {
		return Driver.SYNC;
	}

	@BeforeAll
	static void open() {
		backend = RedisCacheBackend.builder(RedisFixture.connector(), MemoryCacheBackend.builder().build())
			.time(micros::get)
			.timeout(Duration.ofSeconds(10))
			.knownDenials(Duration.ZERO)
			.onFailure((policy) -> OnFailure.DENY)
			.build();
	}

	@AfterAll
	static void close() {
		if (backend != null) {
			backend.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "PT1H, 3", "PT30S, 3", "PT0.000001S, 3", "PT1H, 16", "PT1H, 17", "PT1H, 100", "PT9600H, 1000" })
	void denialLastsThePeriodAtMostAfterTheClockIsSetBack(Duration step, int limit) {
		Quota quota = quota(limit, 1);
		for (int i = 0; i < limit; i++) {
			assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
		}
		advance(step.negated());
		assertThat(driver().decide(backend, quota).waitNanos()).isEqualTo(PERIOD.toNanos());
		advance(PERIOD.minusNanos(1000));
		assertThat(driver().decide(backend, quota).waitNanos()).isEqualTo(1000);
		advance(Duration.ofNanos(1000));
		assertThat(driver().decide(backend, quota)).returns(true, Outcome::isAllowed)
			.returns(limit - 1L, Outcome::remaining);
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 16, 17, 1000 })
	void denialLastsThePeriodAtMostWhereTheClockIsAheadForAWhile(int limit) {
		Quota quota = quota(limit, 1);
		advance(Duration.ofDays(400));
		for (int i = 0; i < limit; i++) {
			assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
		}
		assertThat(driver().decide(backend, quota).isAllowed()).isFalse();
		advance(Duration.ofDays(-400).plusSeconds(2));
		assertWaitIsTrue(quota);
	}

	@Test
	void entriesKeepTheirDistancesWhenTheClockIsSetBack() {
		Quota quota = quota(3, 1);
		for (int i = 0; i < 3; i++) {
			assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
			advance(Duration.ofSeconds(2));
		}
		advance(Duration.ofHours(-1));
		assertThat(driver().decide(backend, quota).waitNanos()).isEqualTo(Duration.ofSeconds(6).toNanos());
		assertWaitIsTrue(quota);
		assertThat(driver().decide(backend, quota).waitNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
	}

	@Test
	void costAndResetAreWithinThePeriodWhenTheClockIsSetBack() {
		Quota all = quota(40, 40);
		for (int i = 0; i < 20; i++) {
			assertThat(driver().decide(backend, quota(40, 2)).isAllowed()).isTrue();
			advance(Duration.ofMillis(100));
		}
		advance(Duration.ofDays(-1));
		assertThat(driver().decide(backend, all)).returns(PERIOD.toNanos(), Outcome::waitNanos)
			.returns(PERIOD.minusMillis(1900).toNanos(), Outcome::resetNanos);
		assertWaitIsTrue(all);
	}

	@Test
	void lookAloneSetsTheHistorysClock() {
		Quota quota = quota(3, 1);
		for (int i = 0; i < 3; i++) {
			assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
		}
		advance(Duration.ofHours(-1));
		QuotaGroup group = new QuotaGroup(List.of(quota));
		assertThat(driver().peek(backend, group).get(0).resetNanos()).isEqualTo(PERIOD.toNanos());
		advance(PERIOD.minusSeconds(1));
		assertThat(driver().peek(backend, group).get(0).resetNanos()).isEqualTo(Duration.ofSeconds(1).toNanos());
	}

	@Test
	void allQuotasOfARequestAreFreeAfterTheirWaitWhenTheClockIsSetBack() {
		Quota hour = new Quota(this.client, Policy.of("hour", Rate.parse("20/hour")));
		Quota shadow = new Quota(this.client, Policy.of("shadow", Rate.parse("2/min")).asShadow());
		List<QuotaGroup> groups = List.of(new QuotaGroup(List.of(quota(2, 1), hour)),
				new QuotaGroup(List.of(shadow), true));
		for (int i = 0; i < 2; i++) {
			assertThat(driver().decide(backend, groups)).allMatch(Outcome::isAllowed);
		}
		advance(Duration.ofDays(-2));
		assertThat(driver().decide(backend, groups)).extracting(Outcome::waitNanos)
			.containsExactly(PERIOD.toNanos(), 0L, Duration.ofMinutes(1).toNanos());
		advance(PERIOD);
		assertThat(driver().decide(backend, groups)).extracting(Outcome::isAllowed).containsExactly(true, true, false);
		advance(Duration.ofSeconds(50));
		assertThat(driver().decide(backend, groups)).allMatch(Outcome::isAllowed);
	}

	@Test
	void changedRateIsHeldWhenTheClockIsSetBack() {
		for (int i = 0; i < 3; i++) {
			assertThat(driver().decide(backend, quota(3, 1)).isAllowed()).isTrue();
		}
		advance(Duration.ofHours(-1));
		Quota minute = new Quota(this.client, Policy.of("step", Rate.parse("3/min")));
		assertThat(driver().decide(backend, minute).waitNanos()).isEqualTo(Duration.ofMinutes(1).toNanos());
		assertWaitIsTrue(minute);
	}

	@Test
	void neverMoreThanTheLimitIsAdmittedInThePeriodWhateverSetsTheClockBack() {
		Random random = new Random(7);
		List<Long> admitted = new ArrayList<>();
		Quota quota = quota(20, 1);
		long time = 0;
		for (int i = 0; i < 3000; i++) {
			long passed = random.nextInt(1_000_000);
			time += passed;
			advance(Duration.ofNanos(passed * 1000));
			if (random.nextInt(10) == 0) {
				advance(Duration.ofNanos(-1000L * random.nextInt(20_000_000)));
			}
			Outcome outcome = driver().decide(backend, quota);
			assertThat(outcome.waitNanos()).isBetween(0L, PERIOD.toNanos());
			if (outcome.isAllowed()) {
				admitted.add(time);
			}
		}
		assertThat(admitted).hasSizeGreaterThan(200);
		for (int i = 20; i < admitted.size(); i++) {
			assertThat(admitted.get(i) - admitted.get(i - 20)).isGreaterThanOrEqualTo(PERIOD.toNanos() / 1000);
		}
	}

	@Test
	void clockOfAHistoryThatIsCountedInStepsKeepsTimeWithTheServer() {
		Duration period = Duration.ofSeconds(131);
		Quota quota = new Quota(this.client, Policy.of("steps", new Rate(1_000_000, period)));
		QuotaGroup group = new QuotaGroup(List.of(quota));
		List<Request> together = Collections.nCopies(BatchingSender.MAX_QUOTAS,
				Request.of(List.of(group), true, new RedisKeys("throttle", null)));
		long first = micros.get();
		try (RedisConnector connector = RedisFixture.connector()) {
			LettuceConnection connection = connector.connect().join();
			ScriptSender sender = new DecideScript(connection, new ServerClocks(connection), micros::get);
			for (int i = 0; i < 131_072 / BatchingSender.MAX_QUOTAS; i++) {
				sender.send(together, System.nanoTime() + PERIOD.toNanos()).join();
				advance(Duration.ofMillis(1));
			}
		}
		for (int i = 0; i < 100; i++) {
			assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
			advance(Duration.ofNanos(100_000));
		}
		assertThat(driver().peek(backend, group)).singleElement()
			.returns(1_000_000L - 131_072 - 100, Outcome::remaining)
			.returns(period.toNanos() - 1000 * (micros.get() - first), Outcome::resetNanos);
	}

	@Test
	void serverWhoseClockIsSetIsAskedOnAndKeepsHistoriesNoLongerThanTheirPeriod() throws Exception {
		FakeClock clock = new FakeClock();
		Quota quota = new Quota(this.client, Policy.of("step", Rate.parse("3/10s")));
		try (RedisProcess redis = RedisProcess.start(clock);
				RedisCacheBackend backend = RedisCacheBackend
					.builder(RedisFixture.connector(redis.uri()), MemoryCacheBackend.builder().build())
					.timeout(Duration.ofSeconds(5))
					.knownDenials(Duration.ZERO)
					.onFailure((policy) -> OnFailure.DENY)
					.build()) {
			driver().decide(backend, new Quota(Client.user("warm-up"), quota.policies(), 1));
			clock.set("+400d");
			for (int i = 0; i < 3; i++) {
				assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
			}
			clock.set("+0");
			assertThat(driver().decide(backend, quota).waitNanos()).isBetween(PERIOD.minusSeconds(5).toNanos(),
					PERIOD.toNanos());
			clock.set("-1h");
			assertThat(driver().decide(backend, quota).waitNanos()).isBetween(PERIOD.minusSeconds(5).toNanos(),
					PERIOD.toNanos());
			String left = redis.command("PTTL " + new RedisKeys("throttle", null).key(this.client, quota.historyKey()));
			assertThat(Long.parseLong(left.substring(1).strip())).isBetween(1L, PERIOD.toMillis() * 65 / 64 + 2);
		}
	}

	@Test
	void replicaWhoseClockIsBehindDeniesNobodyBeyondThePeriod() throws Exception {
		FakeClock right = new FakeClock();
		FakeClock behind = new FakeClock();
		behind.set("-30");
		Quota quota = new Quota(this.client, Policy.of("step", Rate.parse("3/10s")));
		try (RedisProcess master = RedisProcess.start(right);
				RedisProcess replica = RedisProcess.start(behind, "--replicaof", "127.0.0.1",
						Integer.toString(master.port()), "--repl-diskless-sync", "yes", "--repl-diskless-sync-delay",
						"0");
				RedisCacheBackend before = RedisFixture.patientBackend(master.uri());
				RedisCacheBackend after = RedisFixture.patientBackend(replica.uri())) {
			for (int i = 0; i < 3; i++) {
				assertThat(driver().decide(before, quota).isAllowed()).isTrue();
			}
			RedisFixture.await(PERIOD, () -> replica.command("DBSIZE").startsWith(":1"));
			replica.command("REPLICAOF NO ONE");
			assertThat(driver().decide(after, quota)).returns(false, Outcome::isAllowed)
				.extracting(Outcome::waitNanos)
				.satisfies((wait) -> assertThat(wait).isBetween(1L, PERIOD.toNanos()));
		}
	}

	private void assertWaitIsTrue(Quota quota) {
		long wait = driver().decide(backend, quota).waitNanos();
		assertThat(wait).isBetween(1000L, quota.policies().get(0).rate().period().toNanos());
		advance(Duration.ofNanos(wait - 1000));
		assertThat(driver().decide(backend, quota).isAllowed()).isFalse();
		advance(Duration.ofNanos(1000));
		assertThat(driver().decide(backend, quota).isAllowed()).isTrue();
	}

	private Quota quota(int limit, long cost) {
		return new Quota(this.client, Policy.of("step", new Rate(limit, PERIOD)), cost);
	}

	private static void advance(Duration duration) {
		micros.addAndGet(duration.toNanos() / 1000);
	}

}
