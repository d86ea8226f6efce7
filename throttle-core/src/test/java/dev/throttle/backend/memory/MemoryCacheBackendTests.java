package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class MemoryCacheBackendTests {

	private final ThrottleClock clock = new ThrottleClock();

	private MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void numbersMustBePositive() {
		assertThatIllegalArgumentException().isThrownBy(() -> MemoryCacheBackend.builder().maxClients(0))
			.withMessageContaining("maxClients");
		assertThatIllegalArgumentException().isThrownBy(() -> MemoryCacheBackend.builder().maxEntries(0))
			.withMessageContaining("maxEntries");
	}

	@Test
	void historiesAreNotShared() {
		assertThat(this.backend.isShared()).isFalse();
	}

	@Test
	void emptyHistoryIsGoneFromMemory() {
		for (int i = 0; i < 5_000; i++) {
			admit(quota("client" + i, "5/min"), i % 5 + 1);
		}
		assertThat(this.backend.statistics().clients()).isEqualTo(5_000);
		this.backend.sweep();
		this.clock.advance(Duration.ofMinutes(1).minusNanos(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().clients()).isEqualTo(5_000);
		this.clock.advance(Duration.ofNanos(1));
		this.backend.sweep();
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(0, 0, 0, 0, 0));
	}

	@Test
	void nothingIsLeftAfterAllClientsAreForgotten() {
		this.backend = MemoryCacheBackend.builder().clock(this.clock).maxClients(2).build();
		for (String client : List.of("alice", "bob", "carol")) {
			admit(quota(client, "1/calendar-day"), 1);
			assertThat(this.backend.decide(quota(client, "1/calendar-day")).get(0).isAllowed()).isFalse();
		}
		this.backend.clear();
		assertThat(this.backend.statistics().clients()).isZero();
		assertThat(this.backend.statistics().entries()).isZero();
		for (String client : List.of("carol", "bob", "alice")) {
			admit(quota(client, "1/calendar-day"), 1);
		}
	}

	@Test
	void emptyHistoryIsGoneThoughAnotherOfTheClientIsNot() {
		Quota byDay = quota("alice", "user-day", "100/day");
		admit(byDay, 1);
		this.clock.advance(Duration.ofSeconds(1));
		this.backend.sweep();
		admit(quota("alice", "20/min"), 20);
		this.clock.advance(Duration.ofMinutes(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().entries()).isEqualTo(1);
		assertThat(this.backend.decide(byDay).get(0).remaining()).isEqualTo(98);
	}

	@Test
	void clientThatWasOnlyDeniedIsGoneFromMemory() {
		this.backend.decide(quota("alice", "0/day"));
		this.backend.decide(quota("bob", "user", "1/day", 2));
		assertThat(this.backend.statistics().clients()).isEqualTo(2);
		this.clock.advance(Duration.ofSeconds(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().clients()).isZero();
	}

	@Test
	void peekTakesNoRoom() {
		this.backend.peek(new QuotaGroup(List.of(quota("alice", "1/day"), quota("bob", "1/day"))));
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(0, 0, 0, 0, 0));
	}

	@Test
	@Timeout(30)
	void voidIsDroppedInTheBackground() {
		admit(quota("alice", "10/min"), 10);
		admit(quota("bob", "10/hour"), 1);
		this.clock.advance(Duration.ofMinutes(1));
		while (this.backend.statistics().clients() > 1) {
			Thread.onSpinWait();
		}
		assertThat(this.backend.statistics().entries()).isEqualTo(1);
	}

	@Test
	void backgroundThreadEndsWhenTheBackendIsClosed() throws Exception {
		AtomicReference<Thread> sweeper = new AtomicReference<>();
		CountDownLatch seen = new CountDownLatch(1);
		MemoryCacheBackend closed = MemoryCacheBackend.builder().clock(() -> {
			if (Thread.currentThread().getName().equals("throttle-sweeper")) {
				sweeper.set(Thread.currentThread());
				seen.countDown();
			}
			return 0;
		}).build();
		assertThat(seen.await(1, TimeUnit.MILLISECONDS)).isFalse();
		closed.decide(quota("alice", "1/min"));
		assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(sweeper.get().isDaemon()).isTrue();
		closed.close();
		sweeper.get().join(30_000);
		assertThat(sweeper.get().isAlive()).isFalse();
		assertThat(closed.decide(quota("alice", "1/min")).get(0).isAllowed()).isFalse();
	}

	@Test
	void voidClientMakesRoomFirst() {
		maxClients(3);
		admit(quota("alice", "10/hour"), 1);
		admit(quota("bob", "10/min"), 9);
		admit(quota("carol", "10/hour"), 1);
		this.clock.advance(Duration.ofMinutes(1));
		admit(quota("dave", "10/hour"), 1);
		assertThat(this.backend.statistics().evictions()).isZero();
		assertRemaining("alice", "10/hour", 9);
		assertRemaining("carol", "10/hour", 9);
		assertRemaining("dave", "10/hour", 9);
	}

	@Test
	void leastUsedClientMakesRoom() {
		maxClients(3);
		admit(quota("alice", "10/min"), 3);
		admit(quota("bob", "100/min"), 20);
		admit(quota("carol", "10/min"), 4);
		admit(quota("dave", "10/min"), 5);
		assertThat(this.backend.statistics().evictions()).isEqualTo(1);
		assertRemaining("alice", "10/min", 7);
		assertRemaining("bob", "100/min", 100);
		assertRemaining("carol", "10/min", 6);
		assertRemaining("dave", "10/min", 5);
	}

	@Test
	void clientsThatNothingButATriedRateDeniesMakeRoom() {
		maxClients(2);
		for (String client : List.of("alice", "bob", "carol", "dave")) {
			Quota live = quota(client, "10/min");
			Quota tried = new Quota(live.client(), Policy.of("user", Rate.parse("1/day")).asShadow());
			this.backend.decide(List.of(new QuotaGroup(List.of(tried), true)));
			assertThat(this.backend.decide(List.of(new QuotaGroup(List.of(tried), true))).get(0).isAllowed()).isFalse();
			assertThat(this.backend.decide(live).get(0).remaining()).isEqualTo(9);
		}
		assertThat(this.backend.statistics().overflows()).isZero();
		assertThat(this.backend.statistics().evictions()).isEqualTo(2);
	}

	@Test
	void soonestFreeOfThoseThatAreUsedAsMuchMakesRoom() {
		maxClients(3);
		admit(quota("alice", "10/hour"), 2);
		admit(quota("bob", "10/min"), 2);
		admit(quota("carol", "10/day"), 2);
		admit(quota("dave", "10/min"), 2);
		assertRemaining("alice", "10/hour", 8);
		assertRemaining("bob", "10/min", 10);
		assertRemaining("carol", "10/day", 8);
	}

	@Test
	void deniedClientMakesNoRoom() {
		maxClients(2);
		admit(quota("alice", "10/min"), 10);
		for (int i = 0; i < 1_000; i++) {
			assertThat(this.backend.decide(quota("client" + i, "10/min")).get(0).remaining()).isEqualTo(9);
		}
		assertThat(this.backend.decide(quota("alice", "10/min")).get(0).isAllowed()).isFalse();
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(2, 11, 999, 0, 0));
	}

	@Test
	void clientThatIsDeniedByOneOfItsHistoriesMakesNoRoom() {
		maxClients(2);
		admit(quota("alice", "user-day", "1/day"), 1);
		admit(quota("alice", "10/min"), 1);
		admit(quota("bob", "10/min"), 9);
		admit(quota("carol", "10/min"), 1);
		assertThat(this.backend.decide(quota("alice", "user-day", "1/day")).get(0).isAllowed()).isFalse();
	}

	@Test
	void clientThatWaitsForSeveralPermitsMakesNoRoom() {
		maxClients(2);
		admit(quota("alice", "10/min"), 5);
		Quota costly = quota("alice", "user", "10/min", 6);
		assertThat(this.backend.decide(costly).get(0).isAllowed()).isFalse();
		admit(quota("bob", "10/min"), 9);
		admit(quota("carol", "10/min"), 1);
		assertThat(this.backend.decide(costly).get(0).isAllowed()).isFalse();
		assertRemaining("bob", "10/min", 10);
	}

	@Test
	void furtherClientsShareAHistoryWhereAllAreBeingDenied() {
		maxClients(2);
		admit(quota("alice", "3/min"), 3);
		admit(quota("bob", "3/min"), 3);
		assertThat(this.backend.decide(quota("carol", "3/min")).get(0).remaining()).isEqualTo(2);
		assertThat(this.backend.decide(quota("dave", "3/min")).get(0).remaining()).isEqualTo(1);
		assertRemaining("erin", "3/min", 1);
		assertThat(this.backend.decide(quota("erin", "3/min")).get(0).remaining()).isZero();
		assertThat(this.backend.decide(quota("frank", "3/min")).get(0).isAllowed()).isFalse();
		assertThat(this.backend.decide(quota("alice", "3/min")).get(0).isAllowed()).isFalse();
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(2, 12, 0, 4, 0));
		this.clock.advance(Duration.ofMinutes(1));
		assertThat(this.backend.decide(quota("frank", "3/min")).get(0).remaining()).isEqualTo(2);
		this.backend.sweep();
		this.clock.advance(Duration.ofMinutes(1));
		this.backend.sweep();
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(0, 0, 0, 4, 0));
	}

	@Test
	void sharedHistoryIsGuardedOnceThoughSeveralClientsOfARequestHaveIt() {
		maxClients(1);
		admit(quota("alice", "3/min"), 3);
		QuotaGroup group = new QuotaGroup(
				List.of(quota("bob", "3/min"), quota("carol", "3/min", 1), quota("dave", "day", "5/day")));
		assertThat(this.backend.decide(List.of(group))).extracting(Outcome::remaining).containsExactly(1L, 1L, 4L);
		assertThat(this.backend.decide(List.of(group))).extracting(Outcome::isAllowed)
			.containsExactly(false, false, true);
	}

	@Test
	void clientThatIsCalledAsTheSharedOneIsAClientAsAnyOther() {
		maxClients(1);
		Quota quota = new Quota(new Client("overflow", "", false), policy("user", "3/min"));
		admit(quota, 3);
		assertThat(this.backend.decide(quota).get(0).isAllowed()).isFalse();
		assertThat(this.backend.decide(List.of(new QuotaGroup(List.of(quota, quota("bob", "3/min"))))))
			.extracting(Outcome::isAllowed)
			.containsExactly(false, true);
	}

	@Test
	void clientsMakeRoomForEntries() {
		this.backend.close();
		this.backend = MemoryCacheBackend.builder().clock(this.clock).maxEntries(50).build();
		for (int i = 0; i < 200; i++) {
			assertThat(this.backend.decide(quota("client" + i, "10/min")).get(0).isAllowed()).isTrue();
			assertThat(this.backend.statistics().entries()).isLessThanOrEqualTo(51);
		}
		assertThat(this.backend.statistics().evictions()).isGreaterThanOrEqualTo(149);
		assertThat(this.backend.statistics().merges()).isZero();
	}

	@Test
	void entriesAreMergedWhereNoClientMakesRoom() {
		this.backend.close();
		this.backend = MemoryCacheBackend.builder().clock(this.clock).maxClients(1).maxEntries(10).build();
		admit(quota("alice", "5/min"), 5);
		Quota shared = quota("bob", "100/min");
		for (int i = 0; i < 100; i++) {
			assertThat(this.backend.decide(shared).get(0).remaining()).isEqualTo(99 - i);
		}
		assertThat(this.backend.decide(shared).get(0).isAllowed()).isFalse();
		assertThat(this.backend.statistics().entries()).isLessThanOrEqualTo(14);
		assertThat(this.backend.statistics().merges()).isGreaterThan(90);
		this.clock.advance(Duration.ofMinutes(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().entries()).isZero();
	}

	@Test
	void quotasOnOneHistoryHaveEachItsOwnRate() {
		Quota narrow = quota("alice", "user", "3/min", 1);
		Quota wide = quota("alice", "USER", "10/min", 1);
		List<QuotaGroup> group = List.of(new QuotaGroup(List.of(narrow, wide)));
		assertThat(this.backend.peek(group.get(0))).extracting(Outcome::remaining).containsExactly(3L, 10L);
		assertThat(this.backend.decide(group)).extracting(Outcome::remaining).containsExactly(1L, 8L);
		assertThat(this.backend.decide(group)).extracting(Outcome::isAllowed).containsExactly(false, true);
		assertThat(this.backend.decide(narrow).get(0).remaining()).isZero();
		assertThat(this.backend.decide(narrow).get(0).isAllowed()).isFalse();
		assertThat(this.backend.decide(wide).get(0).remaining()).isEqualTo(6);
	}

	@Test
	@Timeout(60)
	void oneRoomForManyThreadsIsNoDeadlock() throws Exception {
		maxClients(1);
		inThreads(16, (thread) -> {
			for (int i = 0; i < 500; i++) {
				if (i % 3 > 0) {
					this.backend.decide(quota("client" + thread, "1000000/day"));
				}
				else {
					Quota[] quotas = IntStream.range(0, 3)
						.mapToObj((offset) -> quota("client" + (thread + 5 * offset) % 16, "1000000/day"))
						.toArray(Quota[]::new);
					this.backend.decide(List.of(new QuotaGroup(List.of(quotas))));
					this.backend.peek(new QuotaGroup(List.of(quotas)));
				}
			}
		});
		assertThat(this.backend.statistics().clients()).isEqualTo(1);
		this.clock.advance(Duration.ofDays(1));
		this.backend.sweep();
		this.clock.advance(Duration.ofDays(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().entries()).isZero();
		assertThat(this.backend.statistics().clients()).isZero();
	}

	@Test
	@Timeout(60)
	void clientsInAnyOrderAreNoDeadlock() throws Exception {
		inThreads(4, (thread) -> {
			Quota[] quotas = IntStream.range(0, 4)
				.mapToObj((offset) -> quota("client" + (thread + offset * 3) % 4, "1000000/day"))
				.toArray(Quota[]::new);
			for (int i = 0; i < 50_000; i++) {
				this.backend.decide(List.of(new QuotaGroup(List.of(quotas))));
			}
		});
		for (int i = 0; i < 4; i++) {
			assertRemaining("client" + i, "1000000/day", 800_000);
		}
	}

	@Test
	@Timeout(60)
	void roomIsAccountedForWhateverHappensAtOnce() throws Exception {
		this.backend.close();
		this.backend = MemoryCacheBackend.builder().clock(this.clock).maxClients(40).maxEntries(2_000).build();
		String[] rates = { "5/10s", "50/min", "300/hour", "1000/min" };
		inThreads(6, (thread) -> {
			Random random = new Random(thread);
			for (int i = 0; i < 20_000; i++) {
				Quota quota = quota("client" + random.nextInt(100), "user" + random.nextInt(3),
						rates[random.nextInt(rates.length)], (random.nextInt(10) > 0) ? 1 : 1 + random.nextInt(60));
				Quota other = quota("client" + random.nextInt(100), rates[random.nextInt(rates.length)]);
				switch (random.nextInt(10)) {
					case 0 -> this.backend.reset(quota.client(), quota.policies().get(0).scope());
					case 1 -> this.backend.peek(new QuotaGroup(List.of(quota, other)));
					case 2 -> this.backend.decide(List.of(new QuotaGroup(List.of(quota, other))));
					case 3 ->
						this.backend.decide(List.of(new QuotaGroup(List.of(other)), new QuotaGroup(List.of(quota))));
					default -> this.backend.decide(quota);
				}
				if (thread == 0 && i % 50 == 0) {
					this.clock.advance(Duration.ofMillis(random.nextInt(1_000)));
					this.backend.sweep();
				}
			}
		});
		MemoryStatistics statistics = this.backend.statistics();
		assertThat(statistics.clients()).isBetween(1, 40);
		assertThat(statistics.entries()).isBetween(1L, 2_000L + 40 * 3 * 40);
		this.clock.advance(Duration.ofHours(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().clients()).isZero();
		assertThat(this.backend.statistics().entries()).isZero();
	}

	@Test
	@Timeout(60)
	void exactlyTheLimitIsAdmittedWhileVoidClientsAreDropped() throws Exception {
		int rounds = 400;
		AtomicInteger[] admitted = new AtomicInteger[rounds];
		CountDownLatch[] done = new CountDownLatch[rounds];
		CountDownLatch[] begun = new CountDownLatch[rounds];
		for (int round = 0; round < rounds; round++) {
			admitted[round] = new AtomicInteger();
			done[round] = new CountDownLatch(4);
			begun[round] = new CountDownLatch(1);
		}
		Quota quota = quota("alice", "100/min");
		Quota other = quota("bob", "1000/min");
		inThreads(6, (thread) -> {
			for (int round = 0; round < rounds; round++) {
				if (thread == 0) {
					this.clock.advance(Duration.ofMinutes(1));
					begun[round].countDown();
					await(done[round]);
				}
				else if (thread == 1) {
					while (done[round].getCount() > 0) {
						this.backend.sweep();
					}
				}
				else {
					await(begun[round]);
					for (int i = 0; i < 40; i++) {
						boolean allowed = (thread % 2 == 0) ? this.backend.decide(quota).get(0).isAllowed()
								: this.backend.decide(List.of(new QuotaGroup(List.of(other, quota))))
									.get(1)
									.isAllowed();
						admitted[round].addAndGet(allowed ? 1 : 0);
					}
					done[round].countDown();
				}
			}
		});
		assertThat(admitted).extracting(AtomicInteger::get).containsOnly(100);
	}

	/**
	 * Five million clients that come once each, and one that has used up its rate and
	 * keeps silent meanwhile.
	 */
	@Test
	@Timeout(120)
	void deniedClientIsNotForgottenInAFloodOfClients() {
		maxClients(100_000);
		Quota alice = quota("alice", "3/hour");
		admit(alice, 3);
		assertThat(this.backend.decide(alice).get(0).isAllowed()).isFalse();
		long before = usedHeap();
		long start = System.nanoTime();
		Policy policy = alice.policies().get(0);
		for (int i = 0; i < 1_000_000; i++) {
			this.clock.advance(Duration.ofNanos(500_000));
			if (!this.backend.decide(new Quota(Client.address("client" + i), policy)).get(0).isAllowed()) {
				throw new AssertionError("Client " + i + " came once and was denied");
			}
		}
		long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
		long after = usedHeap();
		System.out.printf("1000000 clients in %d s, used heap %d MiB before and %d MiB after, %s%n", seconds,
				before >> 20, after >> 20, this.backend.statistics());
		assertThat(this.backend.decide(alice).get(0).isAllowed()).isFalse();
		MemoryStatistics statistics = this.backend.statistics();
		assertThat(statistics.clients()).isEqualTo(100_000);
		assertThat(statistics.evictions()).isEqualTo(1_000_001 - 100_000);
		assertThat(statistics.overflows()).isZero();
		assertThat(after - before).isLessThan(64 << 20);
	}

	private static long usedHeap() {
		Runtime runtime = Runtime.getRuntime();
		System.gc();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	private void maxClients(int maxClients) {
		this.backend.close();
		this.backend = MemoryCacheBackend.builder().clock(this.clock).maxClients(maxClients).build();
	}

	private void admit(Quota quota, int times) {
		for (int i = 0; i < times; i++) {
			assertThat(this.backend.decide(quota).get(0).isAllowed()).isTrue();
		}
	}

	private void assertRemaining(String client, String rate, long remaining) {
		assertThat(this.backend.peek(new QuotaGroup(List.of(quota(client, rate))))).extracting(Outcome::remaining)
			.containsExactly(remaining);
	}

	private static void inThreads(int count, IntConsumer work) throws Exception {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		List<Thread> threads = IntStream.range(0, count)
			.mapToObj((index) -> new Thread(() -> work.accept(index)))
			.toList();
		for (Thread thread : threads) {
			thread.setDaemon(true);
			thread.setUncaughtExceptionHandler((failed, ex) -> failure.compareAndSet(null, ex));
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failure.get()).isNull();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Quota quota(String client, String rate) {
		return quota(client, "user", rate);
	}

	private static Quota quota(String client, String policy, String rate) {
		return quota(client, policy, rate, 1);
	}

	private static Quota quota(String client, String policy, String rate, long cost) {
		return new Quota(Client.user(client), policy(policy, rate), cost);
	}

	private static Quota quota(String client, String rate, long cost) {
		return quota(client, "user", rate, cost);
	}

	private static Policy policy(String name, String rate) {
		return Policy.of(name, Rate.parse(rate));
	}

}
