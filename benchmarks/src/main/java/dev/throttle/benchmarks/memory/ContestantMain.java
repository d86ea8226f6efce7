package dev.throttle.benchmarks.memory;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.throttle.Rate;

/**
 * The process of one contestant, which takes its turns when it is told to.
 */
final class ContestantMain {

	private static final long WARM_UP_NANOS = 500_000_000;

	private static final int CALIBRATIONS = 4;

	private static final long CALIBRATION_NANOS = 10_000_000;

	private final Map<Scenario, Limiter> limiters = new HashMap<>();

	/** The numbers of threads with which the scenario has been run. */
	private final Set<Integer> warm = new HashSet<>();

	private final Contestant contestant;

	private ContestantMain(Contestant contestant) {
		this.contestant = contestant;
	}

	/**
	 * Answer each line, which has a scenario, a number of threads and the milliseconds,
	 * with the figures.
	 * @param arguments the contestant
	 * @throws Exception if a turn fails
	 */
	public static void main(String[] arguments) throws Exception {
		ContestantMain main = new ContestantMain(Contestant.valueOf(arguments[0]));
		BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			String[] parts = line.split(" ", -1);
			double[] figures = main.turn(Scenario.parse(parts[0]), Integer.parseInt(parts[1]),
					Long.parseLong(parts[2]) * 1_000_000);
			System.out.println(Arrays.toString(figures).replaceAll("[\\[\\],]", ""));
		}
		System.exit(0);
	}

	private double[] turn(Scenario scenario, int threads, long nanos) throws Exception {
		boolean started = this.limiters.isEmpty();
		if (!this.limiters.containsKey(scenario)) {
			this.limiters.values().forEach(Limiter::close);
			this.limiters.clear();
			this.limiters.put(scenario, prepare(scenario));
			this.warm.clear();
		}
		Limiter limiter = Objects.requireNonNull(this.limiters.get(scenario));
		boolean first = this.warm.add(threads);
		if (first) {
			new Asking(limiter, scenario.keys()).run(threads, started ? 3 * WARM_UP_NANOS : WARM_UP_NANOS);
		}
		if (!scenario.isCalibrated() || this.contestant.isFloor()) {
			return turn(limiter, scenario, threads, nanos);
		}
		try (Limiter calibrated = calibrate(scenario, threads, first ? WARM_UP_NANOS / 4 : CALIBRATION_NANOS)) {
			return turn(calibrated, scenario, threads, nanos);
		}
	}

	private double[] turn(Limiter limiter, Scenario scenario, int threads, long nanos) throws Exception {
		Asking.Figures figures = new Asking(limiter, scenario.keys()).run(threads, nanos);
		if (!this.contestant.isFloor()) {
			scenario.check(figures.share());
		}
		return figures.values();
	}

	private Limiter prepare(Scenario scenario) {
		Limiter limiter = this.contestant.limiter(scenario, scenario.rates());
		if (this.contestant.isFloor()) {
			return limiter;
		}
		for (int key = 0; key < scenario.keys(); key++) {
			boolean allowed = scenario.isExhausted(key);
			while (allowed) {
				allowed = limiter.allows(limiter.ask(key));
			}
		}
		return limiter;
	}

	/**
	 * Make the limiter whose period is such that half of the questions are allowed.
	 */
	private Limiter calibrate(Scenario scenario, int threads, long nanos) throws Exception {
		Limiter limiter = this.contestant.limiter(scenario, scenario.rates());
		for (int i = 0; i < CALIBRATIONS; i++) {
			Asking.Figures figures = new Asking(limiter, scenario.keys()).run(threads, nanos);
			limiter.close();
			long period = Math.max(1, 2 * scenario.limit() * figures.cpuNanos() / threads / figures.asked());
			limiter = this.contestant.limiter(scenario,
					new Rate[] { new Rate(scenario.limit(), Duration.ofNanos(period)) });
		}
		return limiter;
	}

}
