package dev.throttle.benchmarks.postgresql;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.Limiter;
import dev.throttle.benchmarks.Load;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;

/**
 * Measures decisions in PostgreSQL against the floor, which is an update of one row, and
 * against other limiters.
 */
public final class PostgresBenchmark implements Benchmark {

	private static final List<Integer> CONNECTIONS = List.of(1, 8, 16);

	private static final Set<Integer> WITH_BUDGET = Set.of(1, 16);

	private static final String FLOOR = "`UPDATE … RETURNING` of one row";

	private static final String THROTTLE = "Throttle, limit 100";

	@Override
	public Set<String> options() {
		return Set.of("rounds", "millis", "warm-up");
	}

	@Override
	public Report run(Options options) throws Exception {
		int rounds = options.number("rounds", 5);
		int millis = options.number("millis", 500);
		try (PostgresLimiters limiters = new PostgresLimiters(CONNECTIONS.get(CONNECTIONS.size() - 1))) {
			Map<String, Limiter> contestants = contestants(limiters);
			for (Limiter limiter : contestants.values()) {
				limiters.prepare(limiter);
				new Load(8, options.number("warm-up", 3000)).threads(limiter);
			}
			Report report = new Report("Decisions in PostgreSQL", "Server: PostgreSQL " + limiters.serverVersion()
					+ ", which waits for no disk (`fsync` and `synchronous_commit` are off).");
			report.add("Medians of " + rounds + " rounds of " + millis
					+ " ms, least and greatest in brackets; ratios are taken within a round.\n");
			Budgets budgets = new Budgets();
			for (int connections : CONNECTIONS) {
				Map<String, Rounds.Contestant> turns = new LinkedHashMap<>();
				contestants.forEach((name, limiter) -> turns.put(name, () -> {
					limiters.prepare(limiter);
					return new Load(connections, millis).threads(limiter);
				}));
				Map<String, List<Samples>> measured = Rounds.warm(rounds).run(turns);
				report.add(table(connections, measured));
				if (WITH_BUDGET.contains(connections)) {
					budgets.atLeast("one decision, " + connections + " connections: throughput to the floor", "%.2f",
							0.5, toFloor(measured, THROTTLE));
				}
			}
			report.add(budgets);
			return report;
		}
	}

	private static Map<String, Limiter> contestants(PostgresLimiters limiters) {
		Map<String, Limiter> contestants = new LinkedHashMap<>();
		contestants.put(FLOOR, limiters.floor());
		contestants.put(THROTTLE, limiters.throttle(1, 100));
		contestants.put("Throttle, limit 100000", limiters.throttle(1, 100_000));
		contestants.put("the same, each client has asked 500 times before",
				limiters.throttleWithHistories(100_000, 500));
		contestants.put("Throttle, limit 100, four scopes", limiters.throttle(4, 100));
		contestants.put("Bucket4j, `SELECT … FOR UPDATE`", limiters.selectForUpdate(100));
		contestants.put("Bucket4j, advisory lock", limiters.advisoryLock(100));
		contestants.put("Throttle in Redis, limit 100", limiters.throttleInRedis(100));
		return contestants;
	}

	private static Table table(int connections, Map<String, List<Samples>> measured) {
		Table table = new Table("A thread waiting for each of " + connections + " connections",
				Arrays.asList("contestant", "to the floor", "answers a second", "p50 in µs", "p99 in µs"));
		measured.forEach((name, samples) -> table.add(Arrays.asList(name, toFloor(measured, name).text("%.2f"),
				samples.get(0).text("%.0f"), samples.get(1).text("%.0f"), samples.get(2).text("%.0f"))));
		return table;
	}

	private static Samples toFloor(Map<String, List<Samples>> measured, String contestant) {
		return answers(measured, contestant).ratio(answers(measured, FLOOR));
	}

	private static Samples answers(Map<String, List<Samples>> measured, String contestant) {
		return Objects.requireNonNull(measured.get(contestant)).get(0);
	}

}
