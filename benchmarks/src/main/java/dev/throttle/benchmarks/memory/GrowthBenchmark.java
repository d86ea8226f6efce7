package dev.throttle.benchmarks.memory;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;

/**
 * Measures what a decision in memory costs as limits, clients, rates and scopes grow.
 */
public final class GrowthBenchmark implements Benchmark {

	@Override
	public Set<String> options() {
		return Set.of("rounds", "millis", "clients");
	}

	@Override
	public Report run(Options options) throws Exception {
		int rounds = options.number("rounds", 3);
		int millis = options.number("millis", 100);
		Report report = new Report("Growth", "");
		int largest = options.number("clients", 10_000_000);
		Forks forks = new Forks(Math.max(1024, largest / 1000) + "m", millis);
		report.add(forks.description(rounds));
		List<Contestant> all = List.of(Contestant.FLOOR, Contestant.THROTTLE, Contestant.BUCKET4J_MAP, Contestant.DRF);
		List<Contestant> ofSeveralRates = List.of(Contestant.FLOOR, Contestant.THROTTLE, Contestant.ENGINE,
				Contestant.BUCKET4J_MAP);
		List<Contestant> ofSeveralScopes = List.of(Contestant.FLOOR, Contestant.THROTTLE, Contestant.ENGINE);
		Series series = new Series(forks, rounds, report);
		series.measure("limit", all, powers(10, 1_000_000), (limit) -> new Scenario(1, Demand.ALLOWED, limit));
		series.measure("clients", all, powers(1000, largest),
				(clients) -> new Scenario((int) clients, Demand.ALLOWED, 400));
		series.measure("rates", ofSeveralRates, List.of(1L, 2L, 4L, 8L),
				(rates) -> new Scenario(1, Demand.ALLOWED, 100, 1, (int) rates));
		series.measure("scopes", ofSeveralScopes, List.of(1L, 2L, 4L, 8L, 16L),
				(scopes) -> new Scenario(1, Demand.ALLOWED, 100, (int) scopes, 1));
		return report;
	}

	private static List<Long> powers(long first, long last) {
		List<Long> powers = new ArrayList<>();
		for (long power = first; power <= last; power *= 10) {
			powers.add(power);
		}
		return powers;
	}

	/**
	 * What is measured along one axis.
	 */
	private record Series(Forks forks, int rounds, Report report) {

		void measure(String axis, List<Contestant> contestants, List<Long> values, LongFunction<Scenario> scenarios)
				throws Exception {
			Map<Contestant, List<Samples>> byContestant = new EnumMap<>(Contestant.class);
			for (long value : values) {
				this.forks.turns(this.rounds, contestants, scenarios.apply(value), Forks.Threads.ONE)
					.forEach((contestant, samples) -> byContestant
						.computeIfAbsent(contestant, (added) -> new ArrayList<>())
						.add(samples.get(Forks.NANOS)));
			}
			List<String> columns = new ArrayList<>(List.of("contestant"));
			values.forEach((value) -> columns.add(axis + " " + value));
			Table table = new Table("By " + axis, columns);
			for (Contestant contestant : contestants) {
				List<Samples> samples = Objects.requireNonNull(byContestant.get(contestant));
				List<String> cells = new ArrayList<>(Arrays.asList(contestant.title()));
				samples.forEach((each) -> cells.add(each.text("%.0f")));
				table.add(cells);
			}
			this.report.add(table);
		}

	}

}
