package dev.throttle.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the tests of the contract have in common: the backend, its clock, and short words
 * for quotas and outcomes.
 */
abstract class AbstractContractTests {

	static final Duration MINUTE = Duration.ofMinutes(1);

	static final Duration HOUR = Duration.ofHours(1);

	static final Duration DAY = Duration.ofDays(1);

	static final Duration NEVER = Duration.ofNanos(Outcome.NEVER);

	static final Scope USER = Scope.of("user");

	private static final int THREADS = 16;

	final String unique = UUID.randomUUID().toString();

	CacheBackend backend;

	/**
	 * Return the backend. Called once before each test.
	 * @return the backend
	 */
	protected abstract CacheBackend backend();

	/**
	 * Move the clock of the backend forward. Otherwise, the clock stands still. Not
	 * called if {@link #isClockManual()} returns false.
	 * @param duration by how much
	 */
	protected abstract void advance(Duration duration);

	/**
	 * Return the resolution of the backend's clock.
	 * @return the span, by default one nanosecond
	 */
	protected Duration resolution() {
		return Duration.ofNanos(1);
	}

	/**
	 * Return whether the clock can be moved and otherwise stands still. If it cannot, the
	 * tests that need it are skipped, and times are compared roughly.
	 * @return whether it can be moved, which is so by default
	 */
	protected boolean isClockManual() {
		return true;
	}

	/**
	 * Return whether a group of several clients is decided and recorded in one step. If
	 * it is not, the backend peeks at all quotas before it records the first, and a
	 * denied group may be recorded for some of its clients. No limit is exceeded.
	 * @return whether it is one step, which is so by default
	 */
	protected boolean isAtomicAcrossClients() {
		return true;
	}

	/**
	 * Return how often the tests of many threads are repeated, and how long those of
	 * random requests are. Calls that take long overlap more, so that fewer rounds show
	 * as much.
	 * @return the number of rounds, which is 50 by default
	 */
	protected int rounds() {
		return 50;
	}

	final int steps() {
		return Math.min(1_500, 60 * rounds());
	}

	@BeforeEach
	void createBackend() {
		this.backend = backend();
	}

	static long sumOverThreads(IntToLongFunction work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(THREADS, (task) -> {
			Thread thread = new Thread(task, "contract");
			thread.setDaemon(true);
			return thread;
		});
		try {
			CountDownLatch ready = new CountDownLatch(THREADS);
			List<Future<Long>> results = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int thread = i;
				results.add(executor.submit(() -> {
					ready.countDown();
					ready.await();
					return work.applyAsLong(thread);
				}));
			}
			long sum = 0;
			for (Future<Long> result : results) {
				sum += result.get(60, TimeUnit.SECONDS);
			}
			return sum;
		}
		finally {
			executor.shutdownNow();
		}
	}

	final void pass(Duration duration) {
		Assumptions.assumeTrue(isClockManual(), "The clock cannot be moved");
		advance(duration);
	}

	final Client client(String name) {
		return Client.of("contract", name, this.unique);
	}

	final Quota quota(String name, String rates) {
		return quota(name, rates, 1);
	}

	final Quota quota(String name, String rates, long cost) {
		return quota(name, USER, rates, cost);
	}

	final Quota quota(String name, Scope scope, String rates, long cost) {
		return new Quota(client(name), Policy.ofScope(scope, Rate.parseAll(rates)), cost);
	}

	static Quota quota(Quota quota, long cost) {
		return new Quota(quota.client(), quota.policies(), cost);
	}

	static QuotaGroup group(Quota... quotas) {
		return new QuotaGroup(Arrays.asList(quotas));
	}

	static Quota shadow(Quota quota) {
		return new Quota(quota.client(), quota.policies().stream().map(Policy::asShadow).toList(), quota.cost());
	}

	static QuotaGroup shadowGroup(Quota... quotas) {
		return new QuotaGroup(Arrays.asList(quotas), true);
	}

	final Outcome decide(Quota quota) {
		return this.backend.decide(quota).get(0);
	}

	final List<Outcome> decide(QuotaGroup group) {
		return this.backend.decide(List.of(group));
	}

	final Outcome peek(Quota quota) {
		return peek(group(quota)).get(0);
	}

	final List<Outcome> peek(QuotaGroup group) {
		return this.backend.peek(group);
	}

	/**
	 * Return an outcome as if it was not recorded, to compare it with that of a plain
	 * history.
	 */
	static Outcome notRecorded(Outcome outcome, @Nullable Instant decidedAt) {
		return new Outcome(outcome.isAllowed(), outcome.remaining(), outcome.waitNanos(), outcome.resetNanos(),
				decidedAt, outcome.decidedBy());
	}

	final void assertAllowed(Outcome outcome, long remaining, Duration reset) {
		assertThat(outcome.isAllowed()).as("allowed in %s", outcome).isTrue();
		assertThat(outcome.remaining()).as("remaining in %s", outcome).isEqualTo(remaining);
		assertThat(outcome.waitNanos()).as("wait in %s", outcome).isZero();
		assertNanos(outcome.resetNanos(), reset);
	}

	final void assertDenied(Outcome outcome, long remaining, Duration wait, Duration reset) {
		assertThat(outcome.isAllowed()).as("allowed in %s", outcome).isFalse();
		assertThat(outcome.remaining()).as("remaining in %s", outcome).isEqualTo(remaining);
		assertNanos(outcome.waitNanos(), wait);
		assertNanos(outcome.resetNanos(), reset);
	}

	private void assertNanos(long nanos, Duration expected) {
		if (isClockManual() || expected.isZero() || expected.equals(NEVER)) {
			assertThat(Duration.ofNanos(nanos)).isEqualTo(expected);
		}
		else {
			assertThat(Duration.ofNanos(nanos)).isCloseTo(expected, Duration.ofSeconds(10));
		}
	}

}
