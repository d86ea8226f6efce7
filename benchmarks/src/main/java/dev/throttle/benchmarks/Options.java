package dev.throttle.benchmarks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Options, written as {@code --name=value}.
 *
 * @param values the values by name
 */
public record Options(Map<String, String> values) {

	private static final String RESULTS = "results";

	/**
	 * Parse options.
	 * @param arguments the arguments, the first of which names the part
	 * @param names the options that there are, beside that for the results
	 * @return the options
	 * @throws IllegalArgumentException if an argument is no option, or one that is
	 * unknown
	 */
	static Options parse(String[] arguments, Set<String> names) {
		Set<String> known = new TreeSet<>(names);
		known.add(RESULTS);
		Map<String, String> values = new HashMap<>();
		for (int i = 1; i < arguments.length; i++) {
			String argument = arguments[i];
			int equals = argument.indexOf('=');
			if (!argument.startsWith("--") || equals < 0) {
				throw new IllegalArgumentException("Write options as --name=value, not '" + argument + "'");
			}
			String name = argument.substring(2, equals);
			if (!known.contains(name)) {
				throw new IllegalArgumentException("The option --" + name + " is unknown; there are " + known);
			}
			values.put(name, argument.substring(equals + 1));
		}
		return new Options(values);
	}

	/**
	 * Return a text.
	 * @param name the option
	 * @param otherwise what to return where it is not given
	 * @return the text
	 */
	public String text(String name, String otherwise) {
		return this.values.getOrDefault(name, otherwise);
	}

	/**
	 * Return a number.
	 * @param name the option
	 * @param otherwise what to return where it is not given
	 * @return the number
	 * @throws IllegalArgumentException if it is not a whole number
	 */
	public int number(String name, int otherwise) {
		String value = text(name, Integer.toString(otherwise));
		try {
			return Integer.parseInt(value);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("--" + name + " must be a whole number but is '" + value + "'", ex);
		}
	}

	/**
	 * Return the directory for results.
	 * @return the directory
	 */
	public Path results() {
		return Path.of(text(RESULTS, "benchmarks/results"));
	}

}
