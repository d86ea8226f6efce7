package dev.throttle.handler;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Suggests the most similar name for a misspelled one.
 *
 * @since 1.0.0
 */
public final class DidYouMean {

	private static final int MAX_DISTANCE = 2;

	private DidYouMean() {
	}

	/**
	 * Return names as text: {@code 'a', 'b'}.
	 * @param names the names
	 * @return the names in quotes
	 */
	public static String list(Collection<String> names) {
		return names.isEmpty() ? "(none)"
				: names.stream().sorted().map((name) -> "'" + name + "'").collect(Collectors.joining(", "));
	}

	/**
	 * Return {@code (did you mean 'b'?)} if a known name is similar.
	 * @param name the name
	 * @param known the known names
	 * @return the hint after a space, else an empty text
	 */
	public static String meant(String name, Collection<String> known) {
		return nearest(name, known).map((other) -> " (did you mean '" + other + "'?)").orElse("");
	}

	static Optional<String> nearest(String name, Collection<String> known) {
		return nearest(name, known, MAX_DISTANCE);
	}

	/**
	 * Return the known name that is most similar to another. Case does not matter.
	 * @param name the name
	 * @param known the known names
	 * @param mistakes how many characters may be missing, extra or wrong
	 * @return the most similar one; empty if none is similar enough
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
