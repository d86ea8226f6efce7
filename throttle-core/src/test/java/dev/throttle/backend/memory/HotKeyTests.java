package dev.throttle.backend.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.test.ThrottleClock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads that count the same client at once. Each must get its share of the lock,
 * however busy the machine is.
 */
@Timeout(120)
class HotKeyTests {

	private static final int THREADS = 16;

	/** A thread gets at least this part of the average. */
	private static final int LEAST_SHARE = 10;

	private static final int DECISIONS = 100_000;

	private static final long LIMIT = 1_000_000_000_000L;

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(new ThrottleClock()).build();

	private final AtomicLongArray admitted = new AtomicLongArray(THREADS);

	private final Quota quota = quota("user", "1000000000000/min");

	private volatile boolean stopped;

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void everyThreadGetsItsShare() throws Exception {
		assertShares(Executors.newFixedThreadPool(THREADS), (thread) -> this::decideOne);
		assertThat(remaining(this.quota)).isEqualTo(LIMIT - total());
	}

	@Test
	void everyThreadGetsItsShareWhetherItCountsOneQuotaOrSeveral() throws Exception {
		Quota other = quota("uploads", "1000000000000/day, 1000000000000/min");
		assertShares(Executors.newFixedThreadPool(THREADS),
				(thread) -> (thread % 2 == 0) ? () -> decideBoth(other) : this::decideOne);
		assertThat(remaining(this.quota)).isEqualTo(LIMIT - total());
		long withOther = admitted(2).sum();
		assertThat(remaining(other)).isEqualTo(LIMIT - withOther);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void everyVirtualThreadGetsItsShare() throws Exception {
		ExecutorService executor = (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor")
			.invoke(null);
		assertShares(executor, (thread) -> () -> {
			decideOne();
			Thread.yield();
		});
		assertThat(remaining(this.quota)).isEqualTo(LIMIT - total());
	}

	private void assertShares(ExecutorService executor, IntFunction<Runnable> work) throws Exception {
		List<Future<?>> threads = new ArrayList<>();
		try {
			for (int i = 0; i < THREADS; i++) {
				int thread = i;
				Runnable request = work.apply(thread);
				threads.add(executor.submit(() -> {
					while (!this.stopped) {
						request.run();
						this.admitted.incrementAndGet(thread);
					}
				}));
			}
			Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
				long total = total();
				assertThat(total).isGreaterThan(DECISIONS);
				assertThat(admitted(1).min().getAsLong()).isGreaterThan(total / THREADS / LEAST_SHARE);
			});
		}
		finally {
			this.stopped = true;
			executor.shutdown();
		}
		for (Future<?> thread : threads) {
			thread.get(60, TimeUnit.SECONDS);
		}
	}

	private void decideOne() {
		this.backend.decide(this.quota);
	}

	private void decideBoth(Quota other) {
		this.backend.decide(List.of(new QuotaGroup(List.of(other, this.quota))));
	}

	private long total() {
		return admitted(1).sum();
	}

	/**
	 * Return the numbers of the first thread, and of every so many more.
	 */
	private LongStream admitted(int every) {
		return IntStream.range(0, THREADS / every).mapToLong((index) -> this.admitted.get(every * index));
	}

	private long remaining(Quota quota) {
		return this.backend.peek(new QuotaGroup(List.of(quota))).get(0).remaining();
	}

	private static Quota quota(String scope, String rates) {
		return new Quota(Client.user("alice"), Policy.ofScope(Scope.of(scope), Rate.parseAll(rates)), 1);
	}

}
