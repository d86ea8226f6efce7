package dev.throttle.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * What a contestant took in each round.
 */
public final class Samples {

	private final List<Double> values = new ArrayList<>();

	void add(double value) {
		this.values.add(value);
	}

	/**
	 * Return the median.
	 * @return the median
	 */
	public double median() {
		List<Double> sorted = new ArrayList<>(this.values);
		Collections.sort(sorted);
		int middle = sorted.size() / 2;
		return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
	}

	/**
	 * Return the ratio to others that were taken in the same rounds.
	 * @param others the others
	 * @return the ratio of each round
	 */
	public Samples ratio(Samples others) {
		Samples ratios = new Samples();
		for (int i = 0; i < this.values.size(); i++) {
			ratios.add(this.values.get(i) / others.values.get(i));
		}
		return ratios;
	}

	/**
	 * Return what these are above others that were taken in the same rounds.
	 * @param others the others
	 * @return the difference of each round
	 */
	public Samples minus(Samples others) {
		Samples differences = new Samples();
		for (int i = 0; i < this.values.size(); i++) {
			differences.add(this.values.get(i) - others.values.get(i));
		}
		return differences;
	}

	/**
	 * Return another figure that follows from each of these.
	 * @param figure what follows from a value
	 * @return the figure of each round
	 */
	public Samples map(DoubleUnaryOperator figure) {
		Samples figures = new Samples();
		this.values.forEach((value) -> figures.add(figure.applyAsDouble(value)));
		return figures;
	}

	/**
	 * Write the median and in brackets the least and the greatest, the value alone of one
	 * round, or a dash where nothing was measured.
	 * @param format how a value is written
	 * @return the text
	 */
	public String text(String format) {
		if (Double.isNaN(median())) {
			return "–";
		}
		if (this.values.size() == 1) {
			return String.format(Locale.ROOT, format, median());
		}
		return String.format(Locale.ROOT, format + " (" + format + "–" + format + ")", median(),
				Collections.min(this.values), Collections.max(this.values));
	}

}
