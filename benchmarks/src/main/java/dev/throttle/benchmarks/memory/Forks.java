package dev.throttle.benchmarks.memory;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Has JMH measure contestants in turns, each time in a process of its own, so that a
 * contestant is compiled as if there were no other and anew in each round.
 */
final class Forks {

	static final int NANOS = 0;

	static final int CPU_NANOS = 1;

	static final int BYTES = 2;

	static final int SHARE = 3;

	/** The time that passes for a decision, of all threads together. */
	static final int ELAPSED_NANOS = 4;

	private static final int WARM_UPS = 15;

	private static final int ITERATIONS = 5;

	private final String heap;

	private final int millis;

	/**
	 * Create a runner.
	 * @param heap the largest heap of a process, such as {@code 700m}
	 * @param millis the length of an iteration; those that warm up take twice as long
	 */
	Forks(String heap, int millis) {
		this.heap = heap;
		this.millis = millis;
	}

	/**
	 * Say how contestants are measured.
	 * @param rounds how many rounds there are
	 */
	String description(int rounds) {
		String values = (rounds > 1) ? "Medians of " + rounds + " rounds, least and greatest in brackets" : "One round";
		return values + "; ratios are taken within a round. "
				+ "In a round JMH measures each contestant in a process of its own, in " + ITERATIONS
				+ " iterations of " + this.millis + " ms after " + WARM_UPS
				+ " of twice the length. Times are in ns for a decision, of one thread; CPU is that of the whole "
				+ "process, its collector and compiler too.\n";
	}

	/**
	 * Let contestants take their turns.
	 * @return the figures of each
	 */
	Map<Contestant, List<Samples>> turns(int rounds, List<Contestant> contestants, Scenario scenario, Threads threads)
			throws Exception {
		Map<String, Rounds.Contestant> running = new LinkedHashMap<>();
		for (Contestant contestant : contestants) {
			running.put(contestant.name(), () -> run(contestant, scenario, threads));
		}
		Map<Contestant, List<Samples>> measured = new EnumMap<>(Contestant.class);
		Rounds.cold(rounds).run(running).forEach((name, samples) -> measured.put(Contestant.valueOf(name), samples));
		return measured;
	}

	private double[] run(Contestant contestant, Scenario scenario, Threads threads) throws RunnerException {
		Options options = new OptionsBuilder().include(DecisionBenchmark.class.getName())
			.param("contestant", contestant.name())
			.param("scenario", scenario.toString())
			.threads(threads.count())
			.forks(1)
			.jvmArgs("-Xmx" + this.heap, "-Djmh.executor=" + (threads.virtual() ? "VIRTUAL" : "PLATFORM"))
			.warmupIterations(WARM_UPS)
			.warmupTime(TimeValue.milliseconds(2L * this.millis))
			.measurementIterations(ITERATIONS)
			.measurementTime(TimeValue.milliseconds(this.millis))
			.addProfiler(GCProfiler.class)
			.addProfiler(ProcessTimeProfiler.class)
			.shouldFailOnError(true)
			.verbosity(VerboseMode.SILENT)
			.build();
		RunResult result = new Runner(options).runSingle();
		double share = secondary(result, "allowed") / secondary(result, "asked");
		if (!contestant.decidesNothing()) {
			scenario.check(share);
		}
		return new double[] { result.getPrimaryResult().getScore(), secondary(result, ProcessTimeProfiler.CPU),
				secondary(result, "gc.alloc.rate.norm"), share, secondary(result, ProcessTimeProfiler.ELAPSED) };
	}

	/**
	 * The threads that ask.
	 *
	 * @param count how many there are
	 * @param virtual whether they are virtual; there must then be no more than cores,
	 * because JMH lets none of them wait for another
	 */
	record Threads(int count, boolean virtual) {

		static final Threads ONE = platform(1);

		static final Threads TWO = platform(2);

		static Threads platform(int count) {
			return new Threads(count, false);
		}

	}

	private static double secondary(RunResult result, String name) {
		Result<?> secondary = result.getSecondaryResults().get(name);
		return Objects.requireNonNull(secondary, name).getScore();
	}

}
