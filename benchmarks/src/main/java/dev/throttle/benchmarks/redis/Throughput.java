package dev.throttle.benchmarks.redis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.benchmarks.Load;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;

/**
 * Measures how many answers contestants get, with 1, 8 and 64 questions in flight.
 */
final class Throughput {

	static final String FLOOR = "EVALSHA \"return 1\"";

	private static final int[] IN_FLIGHT = { 1, 8, 64 };

	private final Rounds rounds;

	private final int millis;

	private final Limiters limiters;

	private final Report report;

	Throughput(Rounds rounds, int millis, Limiters limiters, Report report) {
		this.rounds = rounds;
		this.millis = millis;
		this.limiters = limiters;
		this.report = report;
	}

	/**
	 * Measure contestants, and add a table for each number of questions in flight.
	 * @param turns the contestants by name, the floor among them
	 * @return the answers a second of each contestant, by the questions in flight
	 */
	Map<Integer, Map<String, Samples>> measure(String title, Map<String, Turn> turns) throws Exception {
		Map<Integer, Map<String, Samples>> byInFlight = new LinkedHashMap<>();
		for (int inFlight : IN_FLIGHT) {
			Map<String, Rounds.Contestant> running = new LinkedHashMap<>();
			turns.forEach((name, turn) -> running.put(name, () -> run(turn, inFlight)));
			Map<String, List<Samples>> measured = this.rounds.run(running);
			Map<String, Samples> answers = new LinkedHashMap<>();
			measured.forEach((name, samples) -> answers.put(name, samples.get(0)));
			Samples floor = Objects.requireNonNull(answers.get(FLOOR));
			Table table = new Table(title + ", " + inFlight + " in flight", Arrays.asList("contestant", "to the floor",
					"answers a second", "p50 in µs", "p99 in µs", "server CPU in µs", "client CPU in µs"));
			measured.forEach((name,
					samples) -> table.add(Arrays.asList(name, samples.get(0).ratio(floor).text("%.2f"),
							samples.get(0).text("%.0f"), samples.get(1).text("%.0f"), samples.get(2).text("%.0f"),
							samples.get(3).text("%.1f"), samples.get(4).text("%.1f"))));
			this.report.add(table);
			byInFlight.put(inFlight, answers);
		}
		return byInFlight;
	}

	private double[] run(Turn turn, int inFlight) throws InterruptedException {
		this.limiters.clear();
		Load load = new Load(inFlight, this.millis);
		CpuTime before = CpuTime.now(this.limiters);
		double[] figures = turn.ask(load);
		CpuTime after = CpuTime.now(this.limiters);
		return new double[] { figures[0], figures[1], figures[2],
				(after.serverMicros() - before.serverMicros()) / load.answered(),
				(after.clientMicros() - before.clientMicros()) / load.answered() };
	}

	/**
	 * Has a contestant asked for some time.
	 */
	@FunctionalInterface
	interface Turn {

		/**
		 * Ask the contestant.
		 * @return answers a second, and the median and the 99th percentile in
		 * microseconds
		 */
		double[] ask(Load load) throws InterruptedException;

	}

}
