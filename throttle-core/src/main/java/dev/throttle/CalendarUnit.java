package dev.throttle;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A unit of the calendar, in which a rate such as {@code 10000/calendar-month} counts
 * from one boundary to the next.
 *
 * @since 1.0.0
 */
public enum CalendarUnit {

	/**
	 * From one full hour to the next.
	 */
	HOUR(Duration.ofHours(1)),

	/**
	 * From midnight to midnight.
	 */
	DAY(Duration.ofDays(1)),

	/**
	 * From Monday to Monday, as in ISO 8601.
	 */
	WEEK(Duration.ofDays(7)),

	/**
	 * From the first of a month to the first of the next.
	 */
	MONTH(Duration.ofDays(31)),

	/**
	 * From the first of January to the next one.
	 */
	YEAR(Duration.ofDays(366));

	private static final int SECONDS_PER_HOUR = 3600;

	private final Duration nominal;

	private final String text = "calendar-" + name().toLowerCase(Locale.ROOT);

	CalendarUnit(Duration nominal) {
		this.nominal = nominal;
	}

	/**
	 * Return the length of the longest window, without changes of the clock.
	 */
	Duration nominal() {
		return this.nominal;
	}

	static @Nullable CalendarUnit of(String text) {
		for (CalendarUnit unit : values()) {
			if (unit.text.equals(text)) {
				return unit;
			}
		}
		return null;
	}

	static String known() {
		return Stream.of(values()).map(CalendarUnit::toString).collect(Collectors.joining(", "));
	}

	/**
	 * Return the window that contains a time. Windows follow each other without a gap and
	 * do not overlap, also where the clock is changed.
	 * @param time the time
	 * @param zone the time zone
	 * @return the window
	 */
	public CalendarWindow windowAt(Instant time, ZoneId zone) {
		return (this == HOUR) ? hourAt(time, zone) : daysAt(time, zone);
	}

	private CalendarWindow daysAt(Instant time, ZoneId zone) {
		LocalDate first = firstDay(LocalDate.ofInstant(time, zone));
		Instant start = start(first, zone);
		Instant end = start(next(first), zone);
		while (!time.isBefore(end)) {
			// the clock was set back over midnight, and the day before begins again
			first = next(first);
			start = end;
			end = start(next(first), zone);
		}
		return CalendarWindow.of(start, end);
	}

	private static Instant start(LocalDate day, ZoneId zone) {
		return day.atStartOfDay(zone).toInstant();
	}

	private LocalDate firstDay(LocalDate day) {
		return switch (this) {
			case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
			case MONTH -> day.withDayOfMonth(1);
			case YEAR -> day.withDayOfYear(1);
			default -> day;
		};
	}

	private LocalDate next(LocalDate first) {
		return switch (this) {
			case WEEK -> first.plusWeeks(1);
			case MONTH -> first.plusMonths(1);
			case YEAR -> first.plusYears(1);
			default -> first.plusDays(1);
		};
	}

	/**
	 * Return the hour of a time. An hour that the clock repeats is two hours, and one in
	 * which the clock is changed ends there.
	 */
	private static CalendarWindow hourAt(Instant time, ZoneId zone) {
		ZoneRules rules = zone.getRules();
		long local = time.getEpochSecond() + rules.getOffset(time).getTotalSeconds();
		Instant start = Instant.ofEpochSecond(time.getEpochSecond() - Math.floorMod(local, SECONDS_PER_HOUR));
		Instant end = start.plusSeconds(SECONDS_PER_HOUR);
		ZoneOffsetTransition last = rules.previousTransition(time.plusNanos(1));
		ZoneOffsetTransition next = rules.nextTransition(time);
		return CalendarWindow.of((last != null && last.getInstant().isAfter(start)) ? last.getInstant() : start,
				(next != null && next.getInstant().isBefore(end)) ? next.getInstant() : end);
	}

	/**
	 * Return the unit as it is written in a rate.
	 * @return the unit, as in {@code calendar-month}
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
