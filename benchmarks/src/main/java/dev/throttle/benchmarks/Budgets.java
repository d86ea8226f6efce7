package dev.throttle.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * What was to be reached, and what was.
 */
public final class Budgets {

	private final Table table = new Table("Budgets", Arrays.asList("work", "budget", "measured", "met"));

	/**
	 * Add something of which there may be so much at most.
	 * @param work what is measured
	 * @param format how a value is written
	 * @param budget the most there may be
	 * @param measured what there is
	 */
	public void atMost(String work, String format, double budget, Samples measured) {
		add(work, "at most " + String.format(Locale.ROOT, format, budget), measured.text(format),
				asWritten(format, measured) <= budget);
	}

	/**
	 * Add something of which there must be so much at least.
	 * @param work what is measured
	 * @param format how a value is written
	 * @param budget the least there must be
	 * @param measured what there is
	 */
	public void atLeast(String work, String format, double budget, Samples measured) {
		add(work, "at least " + String.format(Locale.ROOT, format, budget), measured.text(format),
				asWritten(format, measured) >= budget);
	}

	/**
	 * Add something that has no budget, to compare with what has one.
	 * @param work what is measured
	 * @param format how a value is written
	 * @param measured what there is
	 */
	public void none(String work, String format, Samples measured) {
		this.table.add(Arrays.asList(work, "–", measured.text(format), "–"));
	}

	private static double asWritten(String format, Samples measured) {
		return Double.parseDouble(String.format(Locale.ROOT, format, measured.median()));
	}

	private void add(String work, String budget, String measured, boolean met) {
		this.table.add(Arrays.asList(work, budget, measured, met ? "yes" : "**no**"));
	}

	@Override
	public String toString() {
		return this.table.toString();
	}

}
