package dev.throttle.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import joptsimple.OptionParser;
import joptsimple.OptionSet;

/**
 * Options, written as {@code --name=value}. Of an option that is given twice, the last
 * counts.
 */
public final class Options {

	private final OptionSet values;

	private Options(OptionSet values) {
		this.values = values;
	}

	static Options parse(String[] arguments, Set<String> names) {
		OptionParser parser = new OptionParser(false);
		names.forEach((name) -> parser.accepts(name).withRequiredArg());
		parser.accepts("results").withRequiredArg();
		return new Options(parser.parse(arguments));
	}

	/**
	 * Return a text.
	 * @param name the option
	 * @param otherwise what to return where it is not given
	 * @return the text
	 */
	public String text(String name, String otherwise) {
		List<?> given = this.values.valuesOf(name);
		return given.isEmpty() ? otherwise : given.get(given.size() - 1).toString();
	}

	/**
	 * Return a number.
	 * @param name the option
	 * @param otherwise what to return where it is not given
	 * @return the number
	 * @throws NumberFormatException if it is not a whole number
	 */
	public int number(String name, int otherwise) {
		return Integer.parseInt(text(name, Integer.toString(otherwise)));
	}

	Path results() {
		return Path.of(text("results", "benchmarks/results"));
	}

}
