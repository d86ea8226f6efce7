package dev.throttle.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs contestants in turns: each once a round, so that what disturbs the machine
 * disturbs all of them.
 */
public final class Rounds {

	private final int count;

	/**
	 * Create rounds.
	 * @param count the rounds that count; one more goes before them
	 */
	public Rounds(int count) {
		this.count = count;
	}

	/**
	 * Run contestants.
	 * @param contestants the contestants by name, each of which answers with its figures
	 * @return the samples of each figure, by contestant
	 * @throws Exception if a contestant fails
	 */
	public Map<String, List<Samples>> run(Map<String, Contestant> contestants) throws Exception {
		Map<String, List<Samples>> samples = new LinkedHashMap<>();
		for (int round = 0; round <= this.count; round++) {
			for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
				double[] figures = contestant.getValue().run();
				if (round == 0) {
					samples.put(contestant.getKey(), empty(figures.length));
				}
				else {
					add(figures, Objects.requireNonNull(samples.get(contestant.getKey())));
				}
			}
		}
		return samples;
	}

	private static List<Samples> empty(int length) {
		List<Samples> empty = new ArrayList<>();
		for (int i = 0; i < length; i++) {
			empty.add(new Samples());
		}
		return empty;
	}

	private static void add(double[] figures, List<Samples> samples) {
		for (int i = 0; i < figures.length; i++) {
			samples.get(i).add(figures[i]);
		}
	}

	/**
	 * Does its work once.
	 */
	@FunctionalInterface
	public interface Contestant {

		/**
		 * Do the work.
		 * @return what it took
		 * @throws Exception if the work fails
		 */
		double[] run() throws Exception;

	}

}
