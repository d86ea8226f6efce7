package dev.throttle.backend.memory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.test.ThrottleClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CalendarHistoryTests {

	private static final Scope EXPORTS = Scope.of("exports");

	private static final Instant FEBRUARY = Instant.parse("2026-02-01T00:00:00Z");

	private static final Instant MARCH = Instant.parse("2026-03-01T00:00:00Z");

	private final ThrottleClock clock = new ThrottleClock();

	private MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();

	@BeforeEach
	void startInFebruary() {
		this.clock.set(Instant.parse("2026-02-10T12:00:00Z"));
	}

	@AfterEach
	void close() {
		this.backend.close();
	}

	@Test
	void knownDenialEndsAtTheBoundary() {
		Quota quota = quota("alice", "1/calendar-month");
		decide(quota);
		for (int day = 10; day <= 28; day++) {
			assertDenied(quota, MARCH);
			this.clock.advance(Duration.ofDays(1));
		}
		assertThat(decide(quota).isAllowed()).isTrue();
	}

	@Test
	void knownDenialEndsWhenTheClockIsSetForwardOverTheBoundary() {
		Quota quota = quota("alice", "1/calendar-month");
		decide(quota);
		assertDenied(quota, MARCH);
		assertDenied(quota, MARCH);
		this.clock.set(MARCH);
		assertThat(decide(quota).isAllowed()).isTrue();
	}

	@Test
	void clockThatGoesBackDeniesNobodyBeyondTheNextBoundary() {
		Quota quota = quota("alice", "2/calendar-month", 2);
		decide(quota);
		assertDenied(quota, MARCH);
		this.clock.set(FEBRUARY.minus(Duration.ofDays(12)));
		assertDenied(quota, FEBRUARY);
		assertDenied(quota, FEBRUARY);
		this.clock.set(FEBRUARY.minusNanos(1));
		assertDenied(quota, FEBRUARY);
		this.clock.set(FEBRUARY);
		assertThat(decide(quota).remaining()).isZero();
	}

	@Test
	void clockThatGoesBackWithinTheWindowGivesNothing() {
		Quota quota = quota("alice", "2/calendar-month");
		decide(quota);
		this.clock.set(FEBRUARY);
		assertThat(decide(quota).remaining()).isZero();
		assertDenied(quota, MARCH);
		this.clock.set(MARCH.minusNanos(1));
		assertDenied(quota, MARCH);
	}

	@Test
	void windowThatWasOverStaysOverThoughTheClockGoesBack() {
		Quota quota = quota("alice", "1/calendar-month");
		decide(quota);
		assertDenied(quota, MARCH);
		this.clock.set(MARCH);
		assertThat(peek(quota).remaining()).isEqualTo(1);
		this.clock.set(MARCH.minusSeconds(60));
		assertThat(decide(quota).isAllowed()).isTrue();
		assertDenied(quota, MARCH);
	}

	@Test
	void settlementAfterTheClockWentBackOverTheBoundaryIsGone() {
		Quota quota = quota("alice", "5/calendar-month", 3);
		Outcome outcome = decide(quota);
		this.clock.set(FEBRUARY.minusSeconds(60));
		assertThat(settle(quota, outcome, 0)).isEqualTo(Settlement.Result.GONE);
		assertThat(peek(quota).remaining()).isEqualTo(2);
	}

	@Test
	void elapsedTimeAloneEndsNoWindow() {
		Quota quota = quota("alice", "1/calendar-hour");
		decide(quota);
		Instant before = this.clock.instant();
		this.clock.advance(Duration.ofHours(3));
		this.clock.set(before);
		assertDenied(quota, Instant.parse("2026-02-10T13:00:00Z"));
	}

	@Test
	void windowTakesNoRoomForEntries() {
		for (int i = 0; i < 1_000; i++) {
			decide(quota("alice", "100000/calendar-year", 7));
		}
		assertThat(this.backend.statistics().entries()).isZero();
		assertThat(peek(quota("alice", "100000/calendar-year")).remaining()).isEqualTo(93_000);
	}

	@Test
	void clientIsGoneFromMemoryAfterTheBoundary() {
		decide(quota("alice", "5/calendar-month"));
		decide(quota("bob", "5/calendar-day"));
		decide(quota("carol", "5/hour"));
		this.clock.set(MARCH.minusNanos(1));
		this.clock.advance(Duration.ofHours(1));
		this.clock.set(MARCH.minusNanos(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().clients()).isEqualTo(1);
		this.clock.advance(Duration.ofMinutes(1));
		this.backend.sweep();
		assertThat(this.backend.statistics().clients()).isZero();
	}

	@Test
	void windowOutlivesTheSlidingHistoryOfTheClient() {
		Quota calendar = quota("alice", "5/calendar-month");
		Quota sliding = quota("alice", "5/min");
		this.backend.decide(List.of(new QuotaGroup(List.of(calendar, sliding))));
		this.clock.advance(Duration.ofHours(1));
		this.backend.sweep();
		assertThat(this.backend.statistics()).isEqualTo(new MemoryStatistics(1, 0, 0, 0, 0));
		assertThat(peek(calendar).remaining()).isEqualTo(4);
		assertThat(decide(sliding).remaining()).isEqualTo(4);
	}

	@Test
	void slidingHistoryOutlivesTheWindowOfTheClient() {
		Quota calendar = quota("alice", "5/calendar-hour");
		Quota sliding = quota("alice", "5/day");
		this.backend.decide(List.of(new QuotaGroup(List.of(calendar, sliding))));
		this.clock.advance(Duration.ofHours(2));
		this.backend.sweep();
		assertThat(peek(calendar).remaining()).isEqualTo(5);
		assertThat(peek(sliding).remaining()).isEqualTo(4);
	}

	@Test
	void leastUsedWindowIsEvictedFirst() {
		maxClients(2);
		decide(quota("alice", "10/calendar-month", 9));
		decide(quota("bob", "10/calendar-month", 8));
		decide(quota("carol", "10/calendar-month"));
		assertThat(this.backend.statistics().evictions()).isEqualTo(1);
		assertThat(peek(quota("alice", "10/calendar-month")).remaining()).isEqualTo(1);
		assertThat(peek(quota("bob", "10/calendar-month")).remaining()).isEqualTo(10);
	}

	@Test
	void amongEquallyUsedTheWindowThatEndsSoonestIsEvicted() {
		maxClients(2);
		decide(quota("alice", "10/calendar-month", 5));
		decide(quota("bob", "10/calendar-hour", 5));
		decide(quota("carol", "10/calendar-month", 5));
		assertThat(peek(quota("alice", "10/calendar-month")).remaining()).isEqualTo(5);
		assertThat(peek(quota("bob", "10/calendar-hour")).remaining()).isEqualTo(10);
	}

	@Test
	void clientsShareAWindowWhileAllOthersAreDenied() {
		maxClients(1);
		Quota alice = quota("alice", "1/calendar-month");
		decide(alice);
		assertDenied(alice, MARCH);
		assertThat(decide(quota("bob", "2/calendar-month")).remaining()).isEqualTo(1);
		assertThat(decide(quota("carol", "2/calendar-month")).remaining()).isZero();
		assertThat(decide(quota("bob", "2/calendar-month")).isAllowed()).isFalse();
		assertDenied(alice, MARCH);
		assertThat(this.backend.statistics().overflows()).isPositive();
		this.clock.set(MARCH);
		assertThat(decide(quota("bob", "2/calendar-month")).remaining()).isEqualTo(1);
	}

	@Test
	void requestIsDecidedByOneTimeOfDay() {
		this.backend.close();
		AtomicInteger reads = new AtomicInteger();
		this.backend = MemoryCacheBackend.builder().clock(new NanoClock() {

			@Override
			public long nanos() {
				return 0;
			}

			@Override
			public Instant instant() {
				return MARCH.plusSeconds(reads.getAndIncrement() - 1);
			}

		}).build();
		QuotaGroup group = new QuotaGroup(
				List.of(quota("alice", "5/calendar-month"), quota("alice", "5/calendar-day"), quota("alice", "5/min")));
		List<Outcome> outcomes = this.backend.decide(List.of(group));
		assertThat(outcomes).extracting(Outcome::remaining).containsExactly(4L, 4L, 4L);
		assertThat(outcomes.subList(0, 2)).extracting(Outcome::decidedAt).containsOnly(MARCH.minusSeconds(1));
		assertThat(outcomes.subList(0, 2)).extracting(Outcome::resetNanos).containsOnly(1_000_000_000L);
		assertThat(reads).hasValue(1);
	}

	@Test
	void systemClockKnowsTheTimeOfDay() {
		this.backend.close();
		this.backend = MemoryCacheBackend.builder().build();
		Instant before = Instant.now();
		Outcome outcome = decide(quota("alice", "1/calendar-year"));
		assertThat(outcome.decidedAt()).isBetween(before, Instant.now());
	}

	private void maxClients(int clients) {
		this.backend.close();
		this.backend = MemoryCacheBackend.builder().clock(this.clock).maxClients(clients).build();
	}

	private void assertDenied(Quota quota, Instant end) {
		Outcome outcome = decide(quota);
		assertThat(outcome.isAllowed()).isFalse();
		assertThat(outcome.decidedAt()).isEqualTo(this.clock.instant());
		assertThat(this.clock.instant().plusNanos(outcome.waitNanos())).isEqualTo(end);
		assertThat(this.clock.instant().plusNanos(outcome.resetNanos())).isEqualTo(end);
	}

	private Outcome decide(Quota quota) {
		return this.backend.decide(quota).get(0);
	}

	private Outcome peek(Quota quota) {
		return this.backend.peek(new QuotaGroup(List.of(quota))).get(0);
	}

	private Settlement.Result settle(Quota quota, Outcome outcome, long cost) {
		return this.backend.settle(List.of(new Settlement(quota, outcome, cost))).get(0);
	}

	private static Quota quota(String name, String rate) {
		return quota(name, rate, 1);
	}

	private static Quota quota(String name, String rate, long cost) {
		return new Quota(Client.user(name), Policy.ofScope(EXPORTS, Rate.parseAll(rate)), cost);
	}

}
