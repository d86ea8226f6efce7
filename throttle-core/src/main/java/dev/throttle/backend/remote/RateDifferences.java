package dev.throttle.backend.remote;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the configured rates of this instance with those of the others, and logs each
 * difference once while it lasts.
 */
final class RateDifferences {

	private static final Logger logger = LoggerFactory.getLogger(RateDifferences.class);

	private final String advice;

	private final Set<String> reported = new HashSet<>();

	private volatile Supplier<Map<String, String>> configured = Map::of;

	/**
	 * Create a comparison.
	 * @param advice what to do if the other instance belongs to another application
	 */
	RateDifferences(String advice) {
		this.advice = advice;
	}

	void publish(Supplier<Map<String, String>> configured) {
		this.configured = configured;
	}

	/**
	 * Return the configured rates for other instances to read: a line for each scope,
	 * also for each in a plan.
	 */
	String configured() {
		return this.configured.get()
			.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + " " + entry.getValue())
			.sorted()
			.collect(Collectors.joining("\n"));
	}

	/**
	 * Log the scopes that have a different rate in another instance. Not for use by
	 * several threads at once.
	 * @param others the configured rates of all instances, this one among them
	 */
	void warn(List<String> others) {
		Map<String, String> here = byTarget(configured());
		Set<String> present = new HashSet<>();
		for (String other : others) {
			byTarget(other).forEach((target, rate) -> {
				String own = here.getOrDefault(target, rate);
				String difference = "The " + name(target) + " has the rate '" + own + "' here, but '" + rate + "'";
				if (!own.equals(rate) && present.add(difference) && this.reported.add(difference)) {
					logger.warn("{} in another instance. Each instance uses its own rate until all are the same. {}",
							difference, this.advice);
				}
			});
		}
		this.reported.retainAll(present);
	}

	private static String name(String target) {
		int slash = target.indexOf('/');
		return (slash < 0) ? "scope '" + target + "'"
				: "scope '" + target.substring(slash + 1) + "' of the plan '" + target.substring(0, slash) + "'";
	}

	private static Map<String, String> byTarget(String text) {
		return text.lines()
			.map((line) -> line.split(" ", 2))
			.filter((parts) -> parts.length == 2)
			.collect(Collectors.toMap((parts) -> parts[0], (parts) -> parts[1], (first, second) -> first));
	}

}
