package dev.throttle.exactness;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads that ask while the time of day passes a boundary of the calendar.
 */
class CalendarBoundaryTests {

	private static final Instant BOUNDARY = Instant.parse("2027-01-01T00:00:00Z");

	private static final int THREADS = 16;

	private static final int ROUNDS = 30;

	private static final int ASKED_BEFORE = 1_000;

	private static final int ASKED = 2_500;

	private static final int LIMIT = 100;

	private final ThrottleClock clock = new ThrottleClock();

	private final MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	private final ExecutorService executor = Executors.newFixedThreadPool(THREADS);

	@AfterEach
	void close() {
		this.executor.shutdownNow();
		this.backend.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "calendar-hour", "calendar-month", "calendar-year" })
	void exactlyTheLimitIsAdmittedBeforeAndAfterTheBoundary(String unit) throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Quota calendar = quota("alice" + round, LIMIT + "/" + unit);
			assertLimitBeforeAndAfter(ask(calendar, List.of(new QuotaGroup(List.of(calendar)))));
			assertThat(remaining(calendar)).isZero();
		}
	}

	@Test
	void exactlyTheLimitIsAdmittedBesideASlidingRate() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Quota calendar = quota("alice" + round, LIMIT + "/calendar-month");
			Quota sliding = quota("alice" + round, "100000/hour");
			assertLimitBeforeAndAfter(ask(calendar, List.of(new QuotaGroup(List.of(calendar, sliding)))));
			assertThat(remaining(calendar)).isZero();
			assertThat(remaining(sliding)).isEqualTo(100_000 - 2 * LIMIT);
		}
	}

	private static void assertLimitBeforeAndAfter(List<Outcome> admitted) {
		assertThat(admitted).filteredOn((outcome) -> decidedAt(outcome).isBefore(BOUNDARY)).hasSize(LIMIT);
		assertThat(admitted).filteredOn((outcome) -> !decidedAt(outcome).isBefore(BOUNDARY)).hasSize(LIMIT);
	}

	private static Instant decidedAt(Outcome outcome) {
		return Objects.requireNonNull(outcome.decidedAt());
	}

	/**
	 * Ask in all threads, alone or in a group, and pass the boundary when some have been
	 * answered.
	 * @return the outcomes of the quota that were recorded
	 */
	private List<Outcome> ask(Quota quota, List<QuotaGroup> groups) throws Exception {
		this.clock.set(BOUNDARY.minusNanos(1_000));
		boolean alone = groups.get(0).quotas().size() == 1;
		AtomicInteger asked = new AtomicInteger();
		CountDownLatch ready = new CountDownLatch(THREADS);
		List<Future<List<Outcome>>> threads = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			threads.add(this.executor.submit(() -> {
				ready.countDown();
				ready.await();
				List<Outcome> admitted = new ArrayList<>();
				for (int next = asked.incrementAndGet(); next <= ASKED; next = asked.incrementAndGet()) {
					if (next == ASKED_BEFORE) {
						this.clock.advance(Duration.ofNanos(1_000));
					}
					Outcome outcome = (alone ? this.backend.decide(quota) : this.backend.decide(groups)).get(0);
					if (outcome.isRecorded()) {
						admitted.add(outcome);
					}
				}
				return admitted;
			}));
		}
		List<Outcome> admitted = new ArrayList<>();
		for (Future<List<Outcome>> thread : threads) {
			admitted.addAll(thread.get(60, TimeUnit.SECONDS));
		}
		return admitted;
	}

	private long remaining(Quota quota) {
		return this.backend.peek(new QuotaGroup(List.of(quota))).get(0).remaining();
	}

	private static Quota quota(String name, String rates) {
		return new Quota(Client.user(name), Policy.ofScope(Scope.of("exports"), Rate.parseAll(rates)), 1);
	}

}
