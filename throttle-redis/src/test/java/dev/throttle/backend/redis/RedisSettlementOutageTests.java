package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.List;

import dev.throttle.Client;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.Settlement.Result;
import dev.throttle.backend.remote.OnFailure;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of settlements while the server is away.
 */
class RedisSettlementOutageTests extends AbstractRedisOutageTests {

	private static final Quota RESERVED = new Quota(Client.user("alice"), List.of(WIDE), 4000);

	@Test
	void settlementThatASuspendedServerDoesNotAnswerIsLostInTimeAndMadeLaterOrNever() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		Outcome outcome = driver().decide(backend, RESERVED);
		this.redis.suspend();
		long start = System.nanoTime();
		assertThat(settle(backend, outcome, 0)).isEqualTo(Result.LOST);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT.multipliedBy(3));
		this.redis.resume();
		await(() -> isCountedByRedis(backend, "bob"));
		assertThat(remaining(backend)).isIn(1_000_000L, 996_000L);
	}

	@Test
	void settlementIsLostAtOnceWhileTheServerIsKnownToBeAway() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		Outcome outcome = driver().decide(backend, RESERVED);
		this.redis.kill();
		await(() -> !isCountedByRedis(backend, "bob") && !backend.isAvailable());
		for (int i = 0; i < 100; i++) {
			assertThat(settle(backend, outcome, i % 2 * 8000)).isEqualTo(Result.LOST);
		}
		this.redis.restart();
		await(() -> isCountedByRedis(backend, "bob"));
		assertThat(remaining(backend)).isEqualTo(1_000_000);
	}

	@Test
	void settlementAfterARestartWithLossOfDataGivesNothingBackAndOwesTheDifference() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		Outcome lower = driver().decide(backend, RESERVED);
		Outcome higher = driver().decide(backend, RESERVED);
		this.redis.kill();
		this.redis.restart();
		await(() -> isCountedByRedis(backend, "bob"));
		assertThat(settle(backend, lower, 0)).isEqualTo(Result.GONE);
		assertThat(settle(backend, higher, 4100)).isEqualTo(Result.SETTLED);
		assertThat(remaining(backend)).isEqualTo(1_000_000 - 100);
	}

	@Test
	void settlementAfterARestartThatKeepsDataFindsItsReservation() throws Exception {
		this.redis.close();
		this.redis = RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		await(() -> isCountedByRedis(backend, "warm-up"));
		Outcome outcome = driver().decide(backend, RESERVED);
		driver().decide(backend, RESERVED);
		this.redis.kill();
		this.redis.restart();
		await(() -> isCountedByRedis(backend, "bob"));
		assertThat(settle(backend, outcome, 1)).isEqualTo(Result.SETTLED);
		assertThat(remaining(backend)).isEqualTo(1_000_000 - 4001);
	}

	@Test
	void reservationThatThisProcessCountedIsSettledInIt() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.LOCAL);
		await(() -> isCountedByRedis(backend, "warm-up"));
		this.redis.kill();
		Outcome outcome = driver().decide(backend, RESERVED);
		assertThat(outcome.decidedBy()).isEqualTo(DecidedBy.LOCAL);
		this.redis.restart();
		await(() -> isCountedByRedis(backend, "bob"));
		assertThat(settle(backend, outcome, 1000)).isEqualTo(Result.SETTLED);
		assertThat(remaining(backend)).isEqualTo(1_000_000);
		assertThat(backend.local().peek(new QuotaGroup(List.of(RESERVED))).get(0).remaining()).isEqualTo(999_000);
	}

	@Test
	void settlementOfAKeyThatSomethingElseWroteIsLostAndLeavesIt() throws Exception {
		RedisCacheBackend backend = backend(OnFailure.ALLOW);
		Outcome outcome = driver().decide(backend, RESERVED);
		String key = new RedisKeys("throttle", null).key(RESERVED);
		this.redis.command("SET " + key + " something");
		assertThat(settle(backend, outcome, 0)).isEqualTo(Result.LOST);
		assertThat(settle(backend, outcome, 5000)).isEqualTo(Result.LOST);
		assertThat(this.redis.command("GET " + key)).contains("something");
		assertThat(backend.isAvailable()).isTrue();
	}

	private Result settle(RedisCacheBackend backend, Outcome outcome, long cost) {
		return driver().of(backend).settle(List.of(new Settlement(RESERVED, outcome, cost))).get(0);
	}

	private long remaining(RedisCacheBackend backend) {
		return driver().peek(backend, new QuotaGroup(List.of(RESERVED))).get(0).remaining();
	}

}
