package dev.throttle.backend.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.Settlement.Result;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Settlements by several {@link RedisCacheBackend}s on one server, as several instances
 * of an application make them.
 */
class RedisSettlementTests extends AbstractRedisInstancesTests {

	private static final int THREADS = 64;

	private static final Duration LOAD = Duration.ofSeconds(Integer.getInteger("settle.seconds", 1));

	private final Client alice = Client.user(UUID.randomUUID().toString());

	@RepeatedTest(3)
	void exactlyAsManyWrongPasswordsAreCheckedAsTheLimitSaysAndTheRightOneCountsNothing() throws Exception {
		int requests = 400;
		Quota login = quota("login", "5/min", 1);
		AtomicInteger checked = new AtomicInteger();
		AtomicInteger decided = new AtomicInteger();
		CountDownLatch start = new CountDownLatch(requests);
		CountDownLatch allDecided = new CountDownLatch(requests);
		run(requests, (request) -> {
			RedisCacheBackend instance = this.instances.get(request % 3);
			start.countDown();
			start.await();
			Outcome outcome = driver().decide(instance, login);
			decided.incrementAndGet();
			allDecided.countDown();
			if (outcome.isAllowed()) {
				boolean right = checked.incrementAndGet() == 3;
				allDecided.await();
				if (right) {
					assertThat(settle(instance, login, outcome, 0)).isEqualTo(Result.SETTLED);
				}
			}
		});
		assertThat(decided).hasValue(requests);
		assertThat(checked).hasValue(5);
		assertThat(remaining(login)).isEqualTo(5 - 4);
	}

	@Test
	void reservationsThatManyThreadsSettleAddUpExactly() throws Exception {
		List<Client> clients = IntStream.range(0, 6).mapToObj((i) -> Client.user(this.alice.ident() + i)).toList();
		List<Policy> policies = Policy.ofScope(Scope.of("tokens"), Rate.parseAll(Rate.MAX_LIMIT + "/day"));
		AtomicLongArray spent = new AtomicLongArray(clients.size());
		AtomicInteger settled = new AtomicInteger();
		long end = System.nanoTime() + LOAD.toNanos();
		run(THREADS, (thread) -> {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			while (System.nanoTime() - end < 0) {
				int client = random.nextInt(clients.size());
				Quota quota = new Quota(clients.get(client), policies, 4000);
				Outcome outcome = driver().decide(this.instances.get(random.nextInt(3)), quota);
				long cost = random.nextInt(20) == 0 ? 0 : random.nextLong(8001);
				assertThat(settle(this.instances.get(random.nextInt(3)), quota, outcome, cost))
					.isEqualTo(Result.SETTLED);
				spent.addAndGet(client, cost);
				settled.incrementAndGet();
			}
		});
		System.out.println("Settled " + settled + " reservations in " + LOAD.toSeconds() + " s");
		for (int i = 0; i < clients.size(); i++) {
			assertThat(remaining(new Quota(clients.get(i), policies, 1))).isEqualTo(Rate.MAX_LIMIT - spent.get(i));
		}
	}

	@Test
	void allThatARequestGivesBackIsOneCommandAndSoIsAllThatItTookMore() {
		RedisClient redis = RedisClient.create();
		List<RedisCommands<String, String>> commands = servers().stream()
			.map((server) -> redis.connect(RedisURI.create(server)).sync())
			.toList();
		List<Quota> quotas = List.of(quota("a", "9/hour", 4), quota("b", "9/hour", 4), quota("c", "9/hour", 4),
				quota("d", "9/hour", 4), quota("e", "9/hour", 4));
		RedisCacheBackend instance = this.instances.get(0);
		List<Outcome> outcomes = driver().decide(instance, List.of(new QuotaGroup(quotas)));
		settle(instance, quota("load", "9/hour", 2), driver().decide(instance, quota("load", "9/hour", 2)), 1);
		long before = calls(commands);
		List<Settlement> settlements = new ArrayList<>();
		for (int i = 0; i < quotas.size(); i++) {
			settlements.add(new Settlement(quotas.get(i), outcomes.get(i), List.of(0, 9, 3, 5, 4).get(i)));
		}
		assertThat(driver().of(instance).settle(settlements)).containsOnly(Result.SETTLED).hasSize(5);
		assertThat(calls(commands)).isEqualTo(before + 2);
		assertThat(quotas).extracting(this::remaining).containsExactly(9L, 0L, 6L, 4L, 5L);
		redis.shutdown();
	}

	@Test
	void knownDenialsOfASettledHistoryEndInThisInstance() {
		RedisCacheBackend instance = this.instances.get(0);
		Quota login = quota("login", "2/hour", 1);
		Outcome first = driver().decide(instance, login);
		driver().decide(instance, login);
		assertThat(driver().decide(instance, login).isAllowed()).isFalse();
		assertThat(settle(instance, login, first, 0)).isEqualTo(Result.SETTLED);
		assertThat(driver().decide(instance, login).isAllowed()).isTrue();
	}

	@Test
	void reservationIsFoundAfterItsRateHasChanged() {
		RedisCacheBackend instance = this.instances.get(0);
		Quota before = quota("tokens", "9/hour, 99/day", 4);
		Outcome lower = driver().decide(instance, before);
		Outcome higher = driver().decide(instance, before);
		Quota after = quota("tokens", "20/min", 1);
		driver().decide(instance, after);
		assertThat(settle(instance, before, lower, 1)).isEqualTo(Result.SETTLED);
		assertThat(remaining(after)).isEqualTo(20 - 1 - 4 - 1);
		assertThat(settle(instance, before, higher, 6)).isEqualTo(Result.SETTLED);
		assertThat(remaining(after)).isEqualTo(20 - 1 - 6 - 1);
		assertThat(driver().peek(instance, new QuotaGroup(List.of(before)))).extracting(Outcome::remaining)
			.containsExactly(1L, 91L);
	}

	@Test
	void reservationThatWasForgottenGivesNothingBackButOwesWhatItTookMore() {
		RedisCacheBackend instance = this.instances.get(0);
		Quota quota = quota("tokens", "9/hour", 4);
		Outcome outcome = driver().decide(instance, quota);
		instance.reset(this.alice, Scope.of("tokens"));
		assertThat(settle(instance, quota, outcome, 1)).isEqualTo(Result.GONE);
		assertThat(remaining(quota)).isEqualTo(9);
		driver().decide(instance, quota);
		assertThat(settle(instance, quota, outcome, 1)).isEqualTo(Result.GONE);
		assertThat(remaining(quota)).isEqualTo(5);
		assertThat(settle(instance, quota, outcome, 7)).isEqualTo(Result.SETTLED);
		assertThat(remaining(quota)).isEqualTo(2);
	}

	@Test
	void reservationIsNeverSettledToLessThanNothing() {
		RedisCacheBackend instance = this.instances.get(0);
		Quota quota = quota("tokens", "9/hour", 4);
		Outcome outcome = driver().decide(instance, quota);
		driver().decide(instance, quota);
		assertThat(settle(instance, quota, outcome, 1)).isEqualTo(Result.SETTLED);
		assertThat(settle(instance, quota, outcome, 1)).isEqualTo(Result.SETTLED);
		assertThat(remaining(quota)).isEqualTo(5);
		assertThat(settle(instance, quota, outcome, 1)).isEqualTo(Result.GONE);
		assertThat(remaining(quota)).isEqualTo(5);
	}

	@Test
	void debtsThatNoLimitReachesDoNotOverflow() {
		RedisCacheBackend instance = this.instances.get(0);
		Quota quota = quota("tokens", Rate.MAX_LIMIT + "/hour", 1);
		for (int i = 0; i < 10; i++) {
			Outcome outcome = driver().decide(instance, new Quota(this.alice, quota.policies(), 1));
			if (outcome.isAllowed()) {
				settle(instance, quota, outcome, Long.MAX_VALUE);
			}
			else {
				settle(instance, quota, new Outcome(true, 0, 0, 0, null, Outcome.DecidedBy.BACKEND, 1), Long.MAX_VALUE);
			}
			assertThat(remaining(quota)).isZero();
		}
	}

	private Result settle(RedisCacheBackend instance, Quota quota, Outcome outcome, long cost) {
		return driver().of(instance).settle(List.of(new Settlement(quota, outcome, cost))).get(0);
	}

	private long remaining(Quota quota) {
		return driver().peek(this.instances.get(0), new QuotaGroup(List.of(quota))).get(0).remaining();
	}

	private Quota quota(String scope, String rates, long cost) {
		return new Quota(this.alice, Policy.ofScope(Scope.of(scope), Rate.parseAll(rates)), cost);
	}

	private static void run(int threads, Task task) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		List<Future<?>> running = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			int number = i;
			running.add(executor.submit(() -> {
				task.run(number);
				return null;
			}));
		}
		for (Future<?> future : running) {
			future.get();
		}
		executor.shutdown();
	}

	@FunctionalInterface
	private interface Task {

		void run(int number) throws Exception;

	}

}
