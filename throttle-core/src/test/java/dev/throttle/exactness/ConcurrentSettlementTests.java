package dev.throttle.exactness;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.DecisionListener;
import dev.throttle.engine.QuotaResult;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads that reserve and settle. For a longer run: {@code -Dsettle.seconds=60}.
 */
class ConcurrentSettlementTests {

	private static final int SECONDS = Integer.getInteger("settle.seconds", 1);

	private static final int THREADS = 64;

	private static final int ROUNDS = 50;

	private static final int ATTEMPTS = 400;

	private static final long TOKENS = 999_999_999_999_999L;

	private final RateRegistry rates = new RateRegistry(
			Rates.of(Map.of("login", "5/min", "tokens", "999999999999999/hour, 999999999999999/day")));

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().build();

	private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

	/** What the settled requests have cost. */
	private final LongAdder spent = new LongAdder();

	private final LongAdder settlements = new LongAdder();

	private final ThrottleEngine engine = new ThrottleEngine(Accounting.ALL_OR_NOTHING, this.rates,
			SecretIdents.withRandomKey(), List.of(new DecisionListener() {

				@Override
				public void settled(QuotaResult quota, long settled, Settlement.Result result) {
					boolean stands = result == Settlement.Result.STANDS;
					ConcurrentSettlementTests.this.spent.add(stands ? quota.cost() : settled);
					ConcurrentSettlementTests.this.settlements.increment();
				}

			}));

	@AfterEach
	void close() {
		this.executor.shutdownNow();
		this.backend.close();
		this.rates.close();
	}

	@Test
	void sumsAreExactThoughManyThreadsReserveAndSettle() throws Exception {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
		LongAdder reservedExactly = new LongAdder();
		inThreads(() -> {
			while (System.nanoTime() - end < 0) {
				Decision decision = decide("tokens", "alice", 4_000);
				long cost = ThreadLocalRandom.current().nextLong(8_001);
				settle(decision, cost);
				reservedExactly.add((cost == 4_000) ? cost : 0);
			}
		});
		assertThat(this.settlements.sum()).isPositive();
		long used = this.spent.sum() + reservedExactly.sum();
		assertThat(remaining("tokens", "alice")).containsExactly(TOKENS - used, TOKENS - used);
	}

	@Test
	void onlyTheLimitOfParallelWrongPasswordsIsChecked() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			String name = "alice" + round;
			AtomicInteger attempts = new AtomicInteger(ATTEMPTS);
			AtomicInteger checked = new AtomicInteger();
			inThreads(() -> {
				while (attempts.getAndDecrement() > 0) {
					checked.addAndGet(logIn(name, false) ? 1 : 0);
				}
			});
			assertThat(checked).hasValue(5);
			assertThat(remaining("login", name)).containsExactly(0L);
		}
	}

	@Test
	void onlyWrongPasswordsAreCountedThoughARightOneIsAmongThem() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			String name = "bob" + round;
			AtomicInteger attempts = new AtomicInteger(ATTEMPTS);
			AtomicInteger wrong = new AtomicInteger();
			AtomicInteger right = new AtomicInteger();
			inThreads(() -> {
				for (int attempt = attempts.getAndDecrement(); attempt > 0; attempt = attempts.getAndDecrement()) {
					boolean isRight = attempt == ATTEMPTS - 2;
					(isRight ? right : wrong).addAndGet(logIn(name, isRight) ? 1 : 0);
				}
			});
			assertThat(right.get()).isLessThanOrEqualTo(1);
			assertThat(wrong.get()).isBetween(4, 5);
			assertThat(remaining("login", name)).containsExactly(5L - wrong.get());
		}
	}

	/**
	 * Try to log in.
	 * @return whether the password was checked
	 */
	private boolean logIn(String name, boolean isRight) {
		Decision decision = decide("login", name, 1);
		if (decision.isAllowed()) {
			Thread.yield();
			settle(decision, isRight ? 0 : 1);
		}
		return decision.isAllowed();
	}

	private Decision decide(String scope, String name, long cost) {
		BaseThrottle throttle = (request) -> Verdict.count(scope, Client.user(name), cost);
		AppliedThrottles throttles = new AppliedThrottles(
				List.of(new AppliedThrottles.Step("throttle", throttle, this.backend)));
		return this.engine.decide(new MockThrottleRequest(), throttles);
	}

	private void settle(Decision decision, long cost) {
		this.engine.settle(List.of(decision), (quota) -> cost, Runnable::run).join();
	}

	private List<Long> remaining(String scope, String name) {
		Quota quota = new Quota(Client.user(name), this.rates.rates().policies(Scope.of(scope)), 1);
		return this.backend.peek(new QuotaGroup(List.of(quota)))
			.stream()
			.map((outcome) -> outcome.remaining())
			.toList();
	}

	private void inThreads(Runnable work) throws Exception {
		CountDownLatch ready = new CountDownLatch(THREADS);
		List<Future<?>> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			threads.add(this.executor.submit(() -> {
				ready.countDown();
				ready.await();
				work.run();
				return null;
			}));
		}
		for (Future<?> thread : threads) {
			thread.get(60 + SECONDS, TimeUnit.SECONDS);
		}
	}

}
