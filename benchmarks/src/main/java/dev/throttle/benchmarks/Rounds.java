package dev.throttle.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs contestants in turns: each once a round, so that what disturbs the machine
 * disturbs all of them.
 */
public final class Rounds {

	private final int count;

	private final boolean warmUp;

	private Rounds(int count, boolean warmUp) {
		this.count = count;
		this.warmUp = warmUp;
	}

	/**
	 * Return rounds after one that does not count.
	 * @param count the rounds that count
	 * @return the rounds
	 */
	public static Rounds warm(int count) {
		return new Rounds(count, true);
	}

	/**
	 * Return rounds all of which count, for contestants that warm up by themselves or
	 * need not.
	 * @param count the rounds
	 * @return the rounds
	 */
	public static Rounds cold(int count) {
		return new Rounds(count, false);
	}

	/**
	 * Run contestants.
	 * @param contestants the contestants by name, each of which answers with its figures
	 * @return the samples of each figure, by contestant
	 * @throws Exception if a contestant fails
	 */
	public Map<String, List<Samples>> run(Map<String, Contestant> contestants) throws Exception {
		Map<String, List<Samples>> samples = new LinkedHashMap<>();
		if (this.warmUp) {
			for (Contestant contestant : contestants.values()) {
				contestant.run();
			}
		}
		for (int round = 0; round < this.count; round++) {
			for (Map.Entry<String, Contestant> contestant : contestants.entrySet()) {
				add(contestant.getValue().run(),
						samples.computeIfAbsent(contestant.getKey(), (added) -> new ArrayList<>()));
			}
		}
		return samples;
	}

	private static void add(double[] figures, List<Samples> samples) {
		for (int i = 0; i < figures.length; i++) {
			if (samples.size() == i) {
				samples.add(new Samples());
			}
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
