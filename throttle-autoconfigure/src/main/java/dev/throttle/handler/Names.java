package dev.throttle.handler;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.throttle.AnonRateThrottle;
import dev.throttle.Rates;
import dev.throttle.UserRateThrottle;
import org.jspecify.annotations.Nullable;

/**
 * Names in messages.
 *
 * @since 1.0.0
 */
public final class Names {

	private static final int MAX_DISTANCE = 2;

	private Names() {
	}

	/**
	 * Return names for a reader: {@code 'a', 'b'}.
	 */
	static String list(Collection<String> names) {
		return names.isEmpty() ? "(none)"
				: names.stream().sorted().map((name) -> "'" + name + "'").collect(Collectors.joining(", "));
	}

	/**
	 * Return the scopes that have a rate, as they are spelled.
	 */
	static List<String> scopes(Rates rates) {
		return rates.asMap().values().stream().map((policies) -> policies.get(0).name()).toList();
	}

	/**
	 * Return whether a text in the place of a rate takes the limit away: nothing, or
	 * {@value Rates#UNLIMITED}.
	 * @param rate the text
	 * @return whether there is no limit
	 */
	public static boolean isUnlimited(String rate) {
		return rate.isBlank() || rate.trim().equalsIgnoreCase(Rates.UNLIMITED);
	}

	/**
	 * Return the property without which a throttle of the framework does not exist.
	 * @param throttle the throttle's bean name
	 * @return the property in quotes, null for another throttle
	 */
	static @Nullable String rateOf(String throttle) {
		return switch (throttle) {
			case "anonRateThrottle" -> "'throttle.rates." + AnonRateThrottle.SCOPE + "'";
			case "userRateThrottle" -> "'throttle.rates." + UserRateThrottle.SCOPE + "'";
			default -> null;
		};
	}

	/**
	 * Return {@code (did you mean 'b'?)} where a name is like a known one, else nothing.
	 */
	static String meant(String name, Collection<String> known) {
		return nearest(name, known, MAX_DISTANCE).map((other) -> " (did you mean '" + other + "'?)").orElse("");
	}

	/**
	 * Return the known name that is most like another, in any case.
	 * @param name the name
	 * @param known the known names
	 * @param mistakes how many characters may be missing, superfluous or wrong
	 * @return the nearest one, empty where none is that near
	 */
	public static Optional<String> nearest(String name, Collection<String> known, int mistakes) {
		return known.stream()
			.filter((other) -> distance(name, other) <= mistakes)
			.min(Comparator.comparingInt((other) -> distance(name, other)));
	}

	private static int distance(String left, String right) {
		String a = left.toLowerCase(Locale.ROOT);
		String b = right.toLowerCase(Locale.ROOT);
		int[] previous = new int[b.length() + 1];
		for (int j = 0; j <= b.length(); j++) {
			previous[j] = j;
		}
		for (int i = 1; i <= a.length(); i++) {
			int[] current = new int[b.length() + 1];
			current[0] = i;
			for (int j = 1; j <= b.length(); j++) {
				int replaced = previous[j - 1] + ((a.charAt(i - 1) == b.charAt(j - 1)) ? 0 : 1);
				current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
			}
			previous = current;
		}
		return previous[b.length()];
	}

}
