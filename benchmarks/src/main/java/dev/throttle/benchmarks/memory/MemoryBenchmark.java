package dev.throttle.benchmarks.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;

/**
 * Measures decisions in memory against a look-up that decides nothing, and against other
 * limiters.
 */
public final class MemoryBenchmark implements Benchmark {

	private static final int MANY = 100_000;

	/** A {@code Quota}, which an application makes too. */
	private static final int QUESTION_BYTES = 32;

	/**
	 * A list of one {@code Outcome}, which has a header, four longs, two references and a
	 * boolean.
	 */
	private static final int RESULT_BYTES = 24 + 56;

	/** The first version that lets a virtual thread wait for a monitor. */
	private static final int VIRTUAL_THREADS_SINCE = 24;

	private static final List<Contestant> MAIN = List.of(Contestant.FLOOR, Contestant.THROTTLE, Contestant.ENGINE,
			Contestant.BUCKET4J_CAFFEINE, Contestant.BUCKET4J_MAP, Contestant.RESILIENCE4J_MAP, Contestant.GUAVA,
			Contestant.DRF);

	private static final List<Contestant> BY_LIMIT = List.of(Contestant.FLOOR, Contestant.THROTTLE,
			Contestant.BUCKET4J_MAP, Contestant.DRF);

	private static final List<Contestant> WITH_FOUR_SCOPES = List.of(Contestant.FLOOR, Contestant.THROTTLE,
			Contestant.ENGINE);

	private static final List<Contestant> CONTENDED = List.of(Contestant.FLOOR, Contestant.THROTTLE,
			Contestant.BUCKET4J_MAP, Contestant.RESILIENCE4J_MAP, Contestant.DRF, Contestant.RING);

	/** Those that some budget needs. */
	private static final Set<Contestant> WITH_BUDGETS = EnumSet.of(Contestant.FLOOR, Contestant.THROTTLE,
			Contestant.THROTTLE_TWO_RATES, Contestant.THROTTLE_CALENDAR, Contestant.ENGINE,
			Contestant.ENGINE_WITH_METRICS, Contestant.ENGINE_WITH_PLAN, Contestant.ENGINE_WITH_OTHER_PLAN,
			Contestant.BUCKET4J_CAFFEINE, Contestant.BUCKET4J_MAP);

	private static final String BUDGETS = "budgets";

	private static final String CONTENTION = "contention";

	private static final List<Long> LIMITS = List.of(10L, 100L, 1000L, 100_000L);

	@Override
	public Set<String> options() {
		return Set.of("rounds", "millis", "only");
	}

	@Override
	public Report run(Options options) throws Exception {
		int rounds = options.number("rounds", 5);
		int millis = options.number("millis", 100);
		Report report = new Report("Decisions in memory", "");
		Forks forks = new Forks("700m", millis);
		report.add(forks.description(rounds));
		Turns turns = new Turns(forks, rounds);
		switch (options.text("only", "")) {
			case "" -> turns.reportAll(report);
			case BUDGETS -> turns.reportOnlyBudgets(report);
			case CONTENTION -> turns.reportContention(report);
			default -> throw new IllegalArgumentException(
					"--only must be " + BUDGETS + " or " + CONTENTION + " but is '" + options.text("only", "") + "'");
		}
		return report;
	}

	/**
	 * The turns that the contestants take.
	 */
	private static final class Turns {

		private final Budgets budgets = new Budgets();

		private final Forks forks;

		private final int rounds;

		Turns(Forks forks, int rounds) {
			this.forks = forks;
			this.rounds = rounds;
		}

		void reportAll(Report report) throws Exception {
			reportBudgeted(report, Set.of(Contestant.values()));
			reportOthers(report);
			reportContention(report);
			report.add(this.budgets);
		}

		void reportOnlyBudgets(Report report) throws Exception {
			reportBudgeted(report, WITH_BUDGETS);
			report.add(this.budgets);
		}

		private void reportOthers(Report report) throws Exception {
			compare("100,000 keys, all denied, limit 10", MAIN, new Scenario(MANY, Demand.DENIED, 10), report);
			compare("One hot key, half denied, limit 100", MAIN, new Scenario(1, Demand.HALF, 100), report);
			compare("100,000 keys, half of them denied, limit 10", MAIN, new Scenario(MANY, Demand.HALF, 10), report);
			byLimit("One hot key, one thread, all allowed", Demand.ALLOWED, report);
			byLimit("One hot key, one thread, half denied", Demand.HALF, report);
			compare("One hot key, four scopes, all allowed, limit 100", WITH_FOUR_SCOPES,
					new Scenario(1, Demand.ALLOWED, 100, 4, 1), report);
		}

		private void reportBudgeted(Report report, Set<Contestant> chosen) throws Exception {
			List<Contestant> all = Contestant.ALL.stream().filter(chosen::contains).toList();
			List<Contestant> main = MAIN.stream().filter(chosen::contains).toList();
			budgetsOfOneKey(
					compare("One hot key, all allowed, limit 100", all, new Scenario(1, Demand.ALLOWED, 100), report));
			budgetsOfManyKeys(
					compare("100,000 keys, all allowed, 400/s", main, new Scenario(MANY, Demand.ALLOWED, 400), report));
			budgetsOfDenials(
					compare("One hot key, all denied, limit 100", main, new Scenario(1, Demand.DENIED, 100), report));
		}

		/**
		 * Report how much is decided of one key by more threads than cores, and by
		 * virtual threads where a monitor does not pin them.
		 */
		void reportContention(Report report) throws Exception {
			List<String> columns = new ArrayList<>(List.of("threads"));
			CONTENDED.forEach((contestant) -> columns.add(contestant.title()));
			Table table = new Table("One hot key, all allowed, limit 100: millions of decisions a second", columns);
			table.add(contention("2", Forks.Threads.TWO));
			table.add(contention("16", Forks.Threads.platform(16)));
			if (Runtime.version().feature() >= VIRTUAL_THREADS_SINCE) {
				table.add(contention("2 virtual", new Forks.Threads(2, true)));
			}
			report.add(table);
		}

		private List<String> contention(String title, Forks.Threads threads) throws Exception {
			Map<Contestant, List<Samples>> measured = turns(CONTENDED, new Scenario(1, Demand.ALLOWED, 100), threads);
			List<String> cells = new ArrayList<>(List.of(title));
			CONTENDED.forEach((contestant) -> cells
				.add(figure(measured, contestant, Forks.ELAPSED_NANOS).map((nanos) -> 1e3 / nanos).text("%.1f")));
			return cells;
		}

		private List<Map<Contestant, List<Samples>>> compare(String title, List<Contestant> contestants,
				Scenario scenario, Report report) throws Exception {
			List<Map<Contestant, List<Samples>>> byThreads = List.of(turns(contestants, scenario, Forks.Threads.ONE),
					turns(contestants, scenario, Forks.Threads.TWO));
			Table table = new Table(title, Arrays.asList("contestant", "1 thread: time", "to the floor", "CPU", "B/op",
					"allowed", "2 threads: time", "to the floor", "CPU", "B/op", "allowed"));
			for (Contestant contestant : contestants) {
				List<String> cells = new ArrayList<>(List.of(contestant.title()));
				for (Map<Contestant, List<Samples>> measured : byThreads) {
					cells.add(figure(measured, contestant, Forks.NANOS).text("%.0f"));
					cells.add(toTheFloor(measured, contestant).text("%.2f"));
					cells.add(
							String.format(Locale.ROOT, "%.0f", figure(measured, contestant, Forks.CPU_NANOS).median()));
					cells.add(String.format(Locale.ROOT, "%.0f", figure(measured, contestant, Forks.BYTES).median()));
					cells.add(contestant.decidesNothing() ? "–" : String.format(Locale.ROOT, "%.0f %%",
							100 * figure(measured, contestant, Forks.SHARE).median()));
				}
				table.add(cells);
			}
			report.add(table);
			return byThreads;
		}

		private void byLimit(String title, Demand demand, Report report) throws Exception {
			List<Map<Contestant, List<Samples>>> byLimit = new ArrayList<>();
			for (long limit : LIMITS) {
				byLimit.add(turns(BY_LIMIT, new Scenario(1, demand, limit), Forks.Threads.ONE));
			}
			List<String> columns = new ArrayList<>(List.of("contestant"));
			LIMITS.forEach((limit) -> columns.addAll(List.of("limit " + limit + ": time", "to the floor")));
			Table table = new Table(title, columns);
			for (Contestant contestant : BY_LIMIT) {
				List<String> cells = new ArrayList<>(List.of(contestant.title()));
				for (Map<Contestant, List<Samples>> measured : byLimit) {
					cells.add(figure(measured, contestant, Forks.NANOS).text("%.0f"));
					cells.add(toTheFloor(measured, contestant).text("%.2f"));
				}
				table.add(cells);
			}
			report.add(table);
		}

		private Map<Contestant, List<Samples>> turns(List<Contestant> contestants, Scenario scenario,
				Forks.Threads threads) throws Exception {
			return this.forks.turns(this.rounds, contestants, scenario, threads);
		}

		private void budgetsOfOneKey(List<Map<Contestant, List<Samples>>> byThreads) {
			Map<Contestant, List<Samples>> measured = byThreads.get(0);
			this.budgets.atMost("one hot key, one thread, allowed, to the floor", "%.2f", 1.7,
					toTheFloor(measured, Contestant.THROTTLE));
			this.budgets.atMost(
					"bytes allocated for it: " + QUESTION_BYTES + " for the question, " + RESULT_BYTES
							+ " for the result",
					"%.0f", QUESTION_BYTES + RESULT_BYTES, figure(measured, Contestant.THROTTLE, Forks.BYTES));
			this.budgets.atMost("one hot key, one thread, two rates of the scope, to one rate", "%.2f", 1.3,
					figure(measured, Contestant.THROTTLE_TWO_RATES, Forks.NANOS)
						.ratio(figure(measured, Contestant.THROTTLE, Forks.NANOS)));
			this.budgets.atMost("metrics of a decision, ns", "%.0f", 100,
					figure(measured, Contestant.ENGINE_WITH_METRICS, Forks.NANOS)
						.minus(figure(measured, Contestant.ENGINE, Forks.NANOS)));
			this.budgets.none("one hot key, one thread, a rate of the calendar, to a sliding one", "%.2f",
					figure(measured, Contestant.THROTTLE_CALENDAR, Forks.NANOS)
						.ratio(figure(measured, Contestant.THROTTLE, Forks.NANOS)));
			this.budgets.none("a plan of the client, ns", "%.0f",
					figure(measured, Contestant.ENGINE_WITH_PLAN, Forks.NANOS)
						.minus(figure(measured, Contestant.ENGINE, Forks.NANOS)));
			this.budgets.none("a plan that does not name the scope, ns", "%.0f",
					figure(measured, Contestant.ENGINE_WITH_OTHER_PLAN, Forks.NANOS)
						.minus(figure(measured, Contestant.ENGINE, Forks.NANOS)));
			Map<Contestant, List<Samples>> ofTwoThreads = byThreads.get(1);
			this.budgets.atMost("one hot key, two threads, allowed, to Bucket4j behind a map", "%.2f", 1,
					figure(ofTwoThreads, Contestant.THROTTLE, Forks.NANOS)
						.ratio(figure(ofTwoThreads, Contestant.BUCKET4J_MAP, Forks.NANOS)));
			this.budgets.none("the same, by the decisions of both threads together", "%.2f",
					figure(ofTwoThreads, Contestant.THROTTLE, Forks.ELAPSED_NANOS)
						.ratio(figure(ofTwoThreads, Contestant.BUCKET4J_MAP, Forks.ELAPSED_NANOS)));
			this.budgets.none("one hot key, two threads, allowed, to the floor", "%.2f",
					toTheFloor(ofTwoThreads, Contestant.THROTTLE));
		}

		private void budgetsOfManyKeys(List<Map<Contestant, List<Samples>>> byThreads) {
			Map<Contestant, List<Samples>> measured = byThreads.get(1);
			this.budgets.atMost("100,000 keys, two threads, allowed, to the floor", "%.2f", 1.5,
					toTheFloor(measured, Contestant.THROTTLE));
			this.budgets.atLeast("the same, Bucket4j behind Caffeine to Throttle", "%.1f", 3,
					figure(measured, Contestant.BUCKET4J_CAFFEINE, Forks.NANOS)
						.ratio(figure(measured, Contestant.THROTTLE, Forks.NANOS)));
		}

		private void budgetsOfDenials(List<Map<Contestant, List<Samples>>> byThreads) {
			this.budgets.atMost("one hot key, two threads, denied, to the floor", "%.2f", 1.3,
					toTheFloor(byThreads.get(1), Contestant.THROTTLE));
		}

		private static Samples toTheFloor(Map<Contestant, List<Samples>> measured, Contestant contestant) {
			return figure(measured, contestant, Forks.NANOS).ratio(figure(measured, Contestant.FLOOR, Forks.NANOS));
		}

		private static Samples figure(Map<Contestant, List<Samples>> measured, Contestant contestant, int figure) {
			return Objects.requireNonNull(measured.get(contestant)).get(figure);
		}

	}

}
