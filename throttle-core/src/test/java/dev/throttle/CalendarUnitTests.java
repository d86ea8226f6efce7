package dev.throttle;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares all windows of some years with boundaries that are found by walking the local
 * time of a zone.
 */
class CalendarUnitTests {

	private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

	@ParameterizedTest
	@ValueSource(strings = { "UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia",
			"Australia/Lord_Howe", "Africa/Cairo", "America/St_Johns", "America/Havana", "Antarctica/Troll",
			"America/Scoresbysund", "Asia/Beirut" })
	void everyWindowFrom2024To2030IsThatOfTheCalendar(ZoneId zone) {
		assertWindows(zone, 2024, 2030, 15);
	}

	@ParameterizedTest
	@CsvSource({ "Pacific/Apia, 2011", "America/Sao_Paulo, 2018", "America/St_Johns, 2010", "Asia/Kathmandu, 1985",
			"Asia/Pyongyang, 2015", "Pacific/Kwajalein, 1993" })
	void everyWindowOfAYearInWhichAZoneChangedIsThatOfTheCalendar(ZoneId zone, int year) {
		assertWindows(zone, year, year, 1);
	}

	/**
	 * Walk some years.
	 * @param minutes how far a step is; the clock changes only between steps
	 */
	private static void assertWindows(ZoneId zone, int firstYear, int lastYear, int minutes) {
		LocalDate end = LocalDate.of(lastYear + 1, 1, 1);
		LocalDate start = LocalDate.of(firstYear, 1, 1);
		LocalDate monday = Stream.iterate(start, (day) -> day.plusDays(1))
			.filter((day) -> day.getDayOfWeek() == DayOfWeek.MONDAY)
			.findFirst()
			.orElseThrow();
		assertWindows(CalendarUnit.HOUR, zone, hours(zone, start, end, minutes));
		assertWindows(CalendarUnit.DAY, zone, days(zone, start, end, (day) -> day.plusDays(1)));
		assertWindows(CalendarUnit.WEEK, zone, days(zone, monday, end, (day) -> day.plusDays(7)));
		assertWindows(CalendarUnit.MONTH, zone, days(zone, start, end, (day) -> day.plusMonths(1)));
		assertWindows(CalendarUnit.YEAR, zone, days(zone, start, end, (day) -> day.plusYears(1)));
	}

	/**
	 * Each window contains its first and its last microsecond, and begins where the one
	 * before ends.
	 */
	private static void assertWindows(CalendarUnit unit, ZoneId zone, List<Instant> boundaries) {
		List<Instant> changes = changes(zone, boundaries.get(0), boundaries.get(boundaries.size() - 1));
		for (int i = 1; i < boundaries.size(); i++) {
			Instant start = boundaries.get(i - 1);
			Instant end = boundaries.get(i);
			assertWindow(unit, zone, start, start, end);
			assertWindow(unit, zone, start.plus(Duration.between(start, end).dividedBy(2)), start, end);
			assertWindow(unit, zone, end.minus(1, ChronoUnit.MICROS), start, end);
		}
		int next = 1;
		for (Instant change : changes) {
			for (int minutes = -180; minutes <= 180; minutes++) {
				Instant time = change.plus(minutes, ChronoUnit.MINUTES);
				while (next < boundaries.size() && !time.isBefore(boundaries.get(next))) {
					next++;
				}
				while (next > 1 && time.isBefore(boundaries.get(next - 1))) {
					next--;
				}
				if (next < boundaries.size() && !time.isBefore(boundaries.get(0))) {
					assertWindow(unit, zone, time, boundaries.get(next - 1), boundaries.get(next));
				}
			}
		}
	}

	private static void assertWindow(CalendarUnit unit, ZoneId zone, Instant time, Instant start, Instant end) {
		CalendarWindow window = unit.windowAt(time, zone);
		if (window.startMicros() != micros(start) || window.endMicros() != micros(end)) {
			assertThat(window).as("%s at %s in %s, from %s to %s", unit, time, zone, start, end)
				.isEqualTo(new CalendarWindow(micros(start), micros(end)));
		}
	}

	private static long micros(Instant time) {
		return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
	}

	/**
	 * Walk from day to day. A day that the zone skips has no boundary.
	 */
	private static List<Instant> days(ZoneId zone, LocalDate start, LocalDate end, UnaryOperator<LocalDate> next) {
		return Stream.iterate(start, (day) -> !day.isAfter(end), next)
			.map((day) -> firstMoment(day.atTime(0, 0), zone.getRules()))
			.distinct()
			.toList();
	}

	/**
	 * Return when a zone's clock shows a local time first, or when it passes it by.
	 */
	private static Instant firstMoment(LocalDateTime local, ZoneRules rules) {
		List<ZoneOffset> offsets = rules.getValidOffsets(local);
		return offsets.isEmpty() ? rules.getTransition(local).getInstant()
				: offsets.stream().map(local::toInstant).sorted().findFirst().orElseThrow();
	}

	/**
	 * Walk in steps of minutes: an hour begins at minute 0, and where the clock changes.
	 */
	private static List<Instant> hours(ZoneId zone, LocalDate startDay, LocalDate endDay, int minutes) {
		ZoneRules rules = zone.getRules();
		Instant start = firstMoment(startDay.atTime(0, 0), rules);
		Instant end = firstMoment(endDay.atTime(0, 0), rules);
		List<Instant> boundaries = new ArrayList<>();
		ZoneOffset before = rules.getOffset(start);
		for (Instant time = start; !time.isAfter(end); time = time.plus(minutes, ChronoUnit.MINUTES)) {
			ZoneOffset offset = rules.getOffset(time);
			if (!offset.equals(before) || (time.getEpochSecond() + offset.getTotalSeconds()) % 3600 == 0) {
				boundaries.add(time);
			}
			before = offset;
		}
		return boundaries;
	}

	private static List<Instant> changes(ZoneId zone, Instant start, Instant end) {
		List<Instant> changes = new ArrayList<>();
		ZoneOffsetTransition next = zone.getRules().nextTransition(start);
		while (next != null && next.getInstant().isBefore(end)) {
			changes.add(next.getInstant());
			next = zone.getRules().nextTransition(next.getInstant());
		}
		return changes;
	}

	@Test
	void daysHave23Or25HoursWhereTheClockChanges() {
		List<Instant> days = days(BERLIN, LocalDate.of(2024, 1, 1), LocalDate.of(2031, 1, 1), (day) -> day.plusDays(1));
		Map<Long, Long> lengths = days.subList(0, days.size() - 1)
			.stream()
			.collect(Collectors.groupingBy((day) -> hours(CalendarUnit.DAY, day), Collectors.counting()));
		assertThat(lengths).containsOnly(Map.entry(23L, 7L), Map.entry(24L, 2557L - 14), Map.entry(25L, 7L));
	}

	@ParameterizedTest
	@CsvSource({ "2024-02-10, 29", "2025-02-10, 28", "2028-02-10, 29", "2030-04-30, 30", "2030-12-31, 31" })
	void monthsHaveTheirDays(LocalDate day, int days) {
		assertThat(hours(CalendarUnit.MONTH, day.atStartOfDay(ZoneOffset.UTC).toInstant(), ZoneOffset.UTC))
			.isEqualTo(24 * days);
	}

	@Test
	void monthIsAnHourShorterOrLongerWhereTheClockChanges() {
		assertThat(hours(CalendarUnit.MONTH, Instant.parse("2026-03-10T00:00:00Z"))).isEqualTo(31 * 24 - 1);
		assertThat(hours(CalendarUnit.MONTH, Instant.parse("2026-10-10T00:00:00Z"))).isEqualTo(31 * 24 + 1);
	}

	@ParameterizedTest
	@CsvSource({ "2026-12-31T23:59:59.999999Z, 2026-12-28", "2027-01-03T23:59:59.999999Z, 2026-12-28",
			"2027-01-04T00:00:00Z, 2027-01-04", "2028-02-29T12:00:00Z, 2028-02-28" })
	void weeksBeginOnMondayAlsoAtTheTurnOfTheYear(Instant time, LocalDate monday) {
		assertThat(CalendarUnit.WEEK.windowAt(time, ZoneOffset.UTC).startMicros())
			.isEqualTo(micros(monday.atStartOfDay(ZoneOffset.UTC).toInstant()));
	}

	@ParameterizedTest
	@CsvSource({ "2024-06-01T00:00:00Z, 366", "2025-06-01T00:00:00Z, 365", "2028-06-01T00:00:00Z, 366" })
	void yearsHaveTheirDays(Instant time, int days) {
		assertThat(hours(CalendarUnit.YEAR, time)).isEqualTo(24 * days);
	}

	@Test
	void windowsBeforeTheEpochAreThoseOfTheCalendar() {
		assertWindows(ZoneId.of("UTC"), 1968, 1970, 15);
	}

	private static long hours(CalendarUnit unit, Instant time) {
		return hours(unit, time, BERLIN);
	}

	private static long hours(CalendarUnit unit, Instant time, ZoneId zone) {
		CalendarWindow window = unit.windowAt(time, zone);
		return Duration.of(window.endMicros() - window.startMicros(), ChronoUnit.MICROS).toHours();
	}

}
