package dev.throttle.test;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Objects;

import dev.throttle.CalendarUnit;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The part of the contract that is about rates of the calendar. The time of day is that
 * of the backend, which it tells with each outcome.
 */
abstract class CalendarContractTests extends SeveralRatesContractTests {

	private static final Scope EXPORTS = Scope.of("exports");

	static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

	@ParameterizedTest
	@EnumSource
	void exactlyTheLimitIsAdmittedFromOneBoundaryToTheNext(CalendarUnit unit) {
		Quota quota = quota("alice", "3/" + unit);
		passTo(end(unit, ZoneOffset.UTC));
		for (int window = 0; window < 3; window++) {
			Instant end = end(unit, ZoneOffset.UTC);
			assertAllowed(decide(quota), 2, end);
			assertAllowed(decide(quota), 1, end);
			passTo(end.minus(resolution()));
			assertAllowed(decide(quota), 0, end);
			assertDenied(decide(quota), 0, end);
			assertDenied(decide(quota), 0, end);
			pass(resolution());
			assertUnused(peek(quota), 3);
		}
	}

	@ParameterizedTest
	@EnumSource
	void waitAndResetLeadToTheBoundary(CalendarUnit unit) {
		Instant end = start(unit);
		Quota quota = quota("alice", "2/" + unit, 2);
		assertUnused(peek(quota), 2);
		Outcome recorded = decide(quota);
		assertAllowed(recorded, 0, end);
		assertThat(recorded.recordedAt()).isEqualTo(ChronoUnit.MICROS.between(Instant.EPOCH, decidedAt(recorded)));
		for (int i = 0; i < 3; i++) {
			Outcome denied = decide(quota);
			assertDenied(denied, 0, end);
			assertThat(denied.isRecorded()).isFalse();
			pass(Duration.of(1_234_567, ChronoUnit.MICROS));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia" })
	void boundaryIsThatOfTheZone(String zone) {
		for (CalendarUnit unit : CalendarUnit.values()) {
			Quota quota = quota("2/" + unit, ZoneId.of(zone), null, 1);
			passTo(end(unit, ZoneId.of(zone)));
			Instant end = end(unit, ZoneId.of(zone));
			passTo(end.minus(resolution()));
			assertAllowed(decide(quota), 1, end);
			pass(resolution());
			assertAllowed(decide(quota), 1, end(unit, ZoneId.of(zone)));
		}
	}

	@Test
	void dayOnWhichTheClockChangesIsLongerOrShorter() {
		Quota quota = quota("2/calendar-day", BERLIN, null, 1);
		for (int i = 0; i < 2; i++) {
			Instant change = BERLIN.getRules().nextTransition(now()).getInstant();
			LocalDate day = LocalDate.ofInstant(change, BERLIN);
			Instant start = day.atStartOfDay(BERLIN).toInstant();
			Instant end = day.plusDays(1).atStartOfDay(BERLIN).toInstant();
			assertThat(Duration.between(start, end).toHours()).isIn(23L, 25L);
			passTo(start.minus(resolution()));
			decide(quota);
			assertAllowed(decide(quota), 0, start);
			pass(resolution());
			assertAllowed(decide(quota), 1, end);
			passTo(end.minus(resolution()));
			assertAllowed(decide(quota), 0, end);
			assertDenied(decide(quota), 0, end);
			pass(resolution());
			assertUnused(peek(quota), 2);
		}
	}

	@Test
	void permitsOfAWindowAreTakenByCost() {
		Instant end = startOfMonth();
		assertAllowed(decide(quota("alice", "10/calendar-month", 7)), 3, end);
		assertDenied(decide(quota("alice", "10/calendar-month", 4)), 3, end);
		assertAllowed(decide(quota("alice", "10/calendar-month", 3)), 0, end);
	}

	@Test
	void costAboveTheLimitOfAWindowIsNeverAllowed() {
		Instant end = startOfMonth();
		Outcome never = decide(quota("alice", "10/calendar-month", 11));
		assertThat(never.isAllowed()).isFalse();
		assertThat(never.waitNanos()).isEqualTo(Outcome.NEVER);
		assertThat(never.resetNanos()).isZero();
		assertAllowed(decide(quota("alice", "10/calendar-month")), 9, end);
		never = decide(quota("alice", "10/calendar-month", Long.MAX_VALUE));
		assertThat(never.waitNanos()).isEqualTo(Outcome.NEVER);
		assertReset(never, end);
	}

	@Test
	void limitOfZeroDeniesInEveryWindow() {
		Instant end = startOfMonth();
		for (Outcome outcome : List.of(decide(quota("alice", "0/calendar-month")),
				peek(quota("alice", "0/calendar-month")))) {
			assertThat(outcome.isAllowed()).isFalse();
			assertThat(outcome.remaining()).isZero();
			assertThat(outcome.waitNanos()).isEqualTo(Outcome.NEVER);
			assertReset(outcome, end);
		}
		assertAllowed(decide(quota("alice", "1/calendar-month")), 0, end);
	}

	@Test
	void peekUsesNothingOfAWindow() {
		Instant end = startOfMonth();
		Quota quota = quota("alice", "2/calendar-month");
		for (int i = 0; i < 5; i++) {
			assertUnused(peek(quota), 2);
		}
		decide(quota);
		for (int i = 0; i < 5; i++) {
			assertAllowed(peek(quota), 1, end);
		}
		decide(quota);
		assertDenied(peek(quota), 0, end);
	}

	@Test
	void deniedSlidingRateLeavesTheCalendarAlone() {
		Instant end = startOfMonth();
		Quota sliding = quota("alice", "2/min");
		Quota calendar = quota("alice", "9/calendar-month");
		for (QuotaGroup group : List.of(group(sliding, calendar), group(calendar, sliding))) {
			decide(group);
		}
		List<Outcome> outcomes = decide(group(sliding, calendar));
		assertDenied(outcomes.get(0), 0, MINUTE, MINUTE);
		assertAllowed(outcomes.get(1), 7, end);
		outcomes = decide(group(calendar, sliding));
		assertAllowed(outcomes.get(0), 7, end);
		assertDenied(outcomes.get(1), 0, MINUTE, MINUTE);
		pass(MINUTE);
		outcomes = decide(group(sliding, calendar));
		assertAllowed(outcomes.get(0), 1, MINUTE);
		assertAllowed(outcomes.get(1), 6, end);
	}

	@Test
	void deniedCalendarRateLeavesTheSlidingOneAlone() {
		Instant end = startOfMonth();
		Quota sliding = quota("alice", "9/min, 20/day");
		Quota calendar = quota("alice", "2/calendar-month");
		decide(group(sliding, calendar));
		decide(group(sliding, calendar));
		for (int i = 0; i < 3; i++) {
			List<Outcome> outcomes = decide(group(sliding, calendar));
			assertAllowed(outcomes.get(0), 7, MINUTE);
			assertAllowed(outcomes.get(1), 18, DAY);
			assertDenied(outcomes.get(2), 0, end);
		}
		passTo(end);
		List<Outcome> outcomes = decide(group(sliding, calendar));
		assertAllowed(outcomes.get(0), 8, MINUTE);
		assertAllowed(outcomes.get(2), 1, end(CalendarUnit.MONTH, ZoneOffset.UTC));
	}

	@Test
	void unitsOfAScopeAreCountedEachByItself() {
		startOfMonth();
		Quota day = quota("alice", "2/calendar-day");
		Quota month = quota("alice", "3/calendar-month");
		decide(group(day, month));
		decide(group(month, day));
		assertThat(decide(group(day, month))).extracting(Outcome::isAllowed).containsExactly(false, true);
		passTo(end(CalendarUnit.DAY, ZoneOffset.UTC));
		assertThat(decide(group(day, month))).extracting(Outcome::remaining).containsExactly(1L, 0L);
		List<Outcome> outcomes = decide(group(day, month));
		assertAllowed(outcomes.get(0), 1, end(CalendarUnit.DAY, ZoneOffset.UTC));
		assertDenied(outcomes.get(1), 0, end(CalendarUnit.MONTH, ZoneOffset.UTC));
		assertThat(outcomes).extracting(Outcome::decidedAt).doesNotContainNull();
	}

	@Test
	void quotasOfOneWindowAreSummed() {
		startOfMonth();
		Quota two = quota("alice", "5/calendar-month", 2);
		assertThat(decide(group(two, quota(two, 1)))).extracting(Outcome::remaining).containsExactly(2L, 2L);
		assertThat(decide(group(two, quota(two, 1)))).extracting(Outcome::isAllowed).containsExactly(false, false);
		assertThat(decide(two).remaining()).isZero();
	}

	@Test
	void scopesAndClientsHaveWindowsOfTheirOwn() {
		decide(quota("alice", "3/calendar-year"));
		assertThat(decide(quota("bob", "3/calendar-year")).remaining()).isEqualTo(2);
		assertThat(decide(quota("alice", EXPORTS, "3/calendar-year", 2)).remaining()).isEqualTo(1);
		assertThat(decide(quota("alice", "3/calendar-year")).remaining()).isEqualTo(1);
	}

	@Test
	void shadowOfACalendarRateIsCountedByItself() {
		Instant end = startOfMonth();
		Quota live = quota("alice", "3/calendar-month");
		Quota tried = shadow(quota("alice", "1/calendar-month"));
		List<QuotaGroup> groups = List.of(group(live), shadowGroup(tried));
		List<Outcome> outcomes = this.backend.decide(groups);
		assertAllowed(outcomes.get(0), 2, end);
		assertAllowed(outcomes.get(1), 0, end);
		outcomes = this.backend.decide(groups);
		assertAllowed(outcomes.get(0), 1, end);
		assertDenied(outcomes.get(1), 0, end);
	}

	@Test
	void changedLimitKeepsWhatWasUsed() {
		Instant end = startOfMonth();
		decide(quota("alice", "5/calendar-month", 4));
		assertDenied(decide(quota("alice", "3/calendar-month")), 0, end);
		assertDenied(decide(quota("alice", "4/calendar-month")), 0, end);
		assertAllowed(decide(quota("alice", "9/calendar-month")), 4, end);
		assertAllowed(decide(quota("alice", "6/calendar-month")), 0, end);
	}

	@Test
	void changedPlanKeepsWhatWasUsed() {
		Instant end = startOfMonth();
		assertAllowed(decide(quota("3/calendar-month", ZoneOffset.UTC, null, 2)), 1, end);
		assertAllowed(decide(quota("10/calendar-month", ZoneOffset.UTC, "pro", 5)), 3, end);
		assertDenied(decide(quota("3/calendar-month", ZoneOffset.UTC, null, 1)), 0, end);
		assertAllowed(decide(quota("8/calendar-month", ZoneOffset.UTC, "team", 1)), 0, end);
	}

	@Test
	void changedZoneKeepsWhatWasUsedInTheNewWindow() {
		startOfMonth();
		pass(DAY.multipliedBy(2));
		decide(quota("5/calendar-month", ZoneOffset.UTC, null, 2));
		assertAllowed(decide(quota("5/calendar-month", BERLIN, null, 1)), 2, end(CalendarUnit.MONTH, BERLIN));
		assertThat(decide(quota("5/calendar-month", ZoneOffset.UTC, null, 1)).remaining()).isEqualTo(1);
	}

	@Test
	void resetForgetsTheWindow() {
		Instant end = startOfMonth();
		Quota quota = quota("alice", "1/calendar-month");
		Quota shadow = shadow(quota("alice", "1/calendar-day"));
		decide(group(quota, quota("alice", "1/calendar-day"), quota("alice", "2/min")));
		this.backend.decide(List.of(shadowGroup(shadow)));
		assertDenied(decide(quota), 0, end);
		this.backend.reset(quota.client(), USER);
		assertUnused(peek(quota), 1);
		assertUnused(peek(shadow), 1);
		assertThat(peek(group(quota("alice", "1/calendar-day"), quota("alice", "2/min"))))
			.extracting(Outcome::remaining)
			.containsExactly(1L, 2L);
		assertAllowed(decide(quota), 0, end);
	}

	@Test
	void exactlyTheLimitOfAWindowIsAdmittedToManyThreads() throws Exception {
		for (int round = 0; round < Math.min(20, rounds()); round++) {
			Quota calendar = quota("alice" + round, "150/calendar-year");
			Quota sliding = quota("alice" + round, "200/hour");
			long admitted = sumOverThreads((thread) -> {
				long count = 0;
				for (int i = 0; i < 20; i++) {
					List<Outcome> outcomes = (thread % 2 == 0) ? this.backend.decide(calendar)
							: decide(group(sliding, calendar));
					count += outcomes.stream().allMatch(Outcome::isAllowed) ? 1 : 0;
				}
				return count;
			});
			assertThat(admitted).isEqualTo(150);
			assertThat(peek(calendar).remaining()).isZero();
		}
	}

	Quota quota(String rate, ZoneId zone, @Nullable String plan, long cost) {
		return new Quota(client("alice"), Policy.ofScope(USER, Rate.parseAll(rate), zone, plan), cost);
	}

	/**
	 * Return the backend's time of day.
	 */
	Instant now() {
		return decidedAt(peek(quota("clock", "1/calendar-year")));
	}

	private static Instant decidedAt(Outcome outcome) {
		return Objects.requireNonNull(outcome.decidedAt(), "A decision of a calendar rate must tell its time");
	}

	void passTo(Instant time) {
		pass(Duration.between(now(), time));
	}

	Instant startOfMonth() {
		return start(CalendarUnit.MONTH);
	}

	/**
	 * Begin a window, if the clock can be moved.
	 * @return its end
	 */
	private Instant start(CalendarUnit unit) {
		if (isClockManual()) {
			passTo(end(unit, ZoneOffset.UTC));
		}
		return end(unit, ZoneOffset.UTC);
	}

	/**
	 * Return the end of the present window.
	 */
	Instant end(CalendarUnit unit, ZoneId zone) {
		Instant now = now();
		LocalDate day = LocalDate.ofInstant(now, zone);
		return switch (unit) {
			case HOUR -> now.atZone(zone).truncatedTo(ChronoUnit.HOURS).plusHours(1).toInstant();
			case DAY -> day.plusDays(1).atStartOfDay(zone).toInstant();
			case WEEK -> day.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).atStartOfDay(zone).toInstant();
			case MONTH -> day.withDayOfMonth(1).plusMonths(1).atStartOfDay(zone).toInstant();
			case YEAR -> LocalDate.of(day.getYear() + 1, 1, 1).atStartOfDay(zone).toInstant();
		};
	}

	/**
	 * Assert that all permits are free.
	 */
	static void assertUnused(Outcome outcome, long remaining) {
		assertThat(outcome.isAllowed()).as("allowed in %s", outcome).isTrue();
		assertThat(outcome.remaining()).as("remaining in %s", outcome).isEqualTo(remaining);
		assertThat(outcome.waitNanos()).as("wait in %s", outcome).isZero();
		assertThat(outcome.resetNanos()).as("reset in %s", outcome).isZero();
	}

	static void assertAllowed(Outcome outcome, long remaining, Instant reset) {
		assertThat(outcome.isAllowed()).as("allowed in %s", outcome).isTrue();
		assertThat(outcome.remaining()).as("remaining in %s", outcome).isEqualTo(remaining);
		assertThat(outcome.waitNanos()).as("wait in %s", outcome).isZero();
		assertReset(outcome, reset);
	}

	static void assertDenied(Outcome outcome, long remaining, Instant end) {
		assertThat(outcome.isAllowed()).as("allowed in %s", outcome).isFalse();
		assertThat(outcome.remaining()).as("remaining in %s", outcome).isEqualTo(remaining);
		assertThat(decidedAt(outcome).plusNanos(outcome.waitNanos())).as("end of the wait in %s", outcome)
			.isEqualTo(end);
		assertReset(outcome, end);
	}

	private static void assertReset(Outcome outcome, Instant reset) {
		assertThat(decidedAt(outcome).plusNanos(outcome.resetNanos())).as("reset in %s", outcome).isEqualTo(reset);
	}

}
