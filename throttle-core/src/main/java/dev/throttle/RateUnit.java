package dev.throttle;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A unit of the period in a rate.
 */
enum RateUnit {

	SECOND(1, "s", List.of("s", "sec", "second", "seconds")),

	MINUTE(60, "min", List.of("m", "min", "minute", "minutes")),

	HOUR(3600, "hour", List.of("h", "hour", "hours")),

	DAY(86_400, "day", List.of("d", "day", "days"));

	static final List<RateUnit> LARGEST_FIRST = List.of(DAY, HOUR, MINUTE, SECOND);

	private final long seconds;

	private final String shortName;

	private final List<String> names;

	RateUnit(long seconds, String shortName, List<String> names) {
		this.seconds = seconds;
		this.shortName = shortName;
		this.names = names;
	}

	long seconds() {
		return this.seconds;
	}

	String shortName() {
		return this.shortName;
	}

	static @Nullable RateUnit of(String name) {
		for (RateUnit unit : values()) {
			if (unit.names.contains(name)) {
				return unit;
			}
		}
		return null;
	}

	static String known() {
		return Stream.of(values()).flatMap((unit) -> unit.names.stream()).collect(Collectors.joining(", "));
	}

}
