package dev.throttle.benchmarks.redis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;

/**
 * Measures decisions in Redis against the floor, which is a script that does nothing, and
 * against other limiters.
 */
public final class RedisBenchmark implements Benchmark {

	private static final int[] IN_FLIGHT = { 1, 8, 64 };

	private static final int WARM_UP_THREADS = 8;

	private static final String FLOOR = "EVALSHA \"return 1\"";

	private static final String BACKEND = "Throttle, RedisCacheBackend";

	@Override
	public Set<String> options() {
		return Set.of("rounds", "millis", "redis-server", "warm-up");
	}

	@Override
	public Report run(Options options) throws Exception {
		Rounds rounds = Rounds.warm(options.number("rounds", 5));
		int millis = options.number("millis", 500);
		try (RedisServer server = RedisServer.start(options.text("redis-server", ""));
				Limiters limiters = new Limiters(server.uri())) {
			Budgets budgets = new Budgets();
			ServerCosts costs = new ServerCosts(limiters, budgets);
			Report report = new Report("Decisions in Redis", "Server: Redis " + costs.serverVersion() + ".");
			report.add("Medians of " + options.number("rounds", 5) + " rounds of " + millis
					+ " ms, least and greatest in brackets; ratios are taken within a round.\n");
			warm(othersThatWait(limiters), options.number("warm-up", 5000), limiters);
			throughput("One question, no thread waiting", false, others(limiters), rounds, millis, limiters, report);
			throughputThatWaits(rounds, millis, limiters, report, budgets);
			throughput("Limits and quotas, no thread waiting", false, sizes(limiters), rounds, millis, limiters,
					report);
			report.add(costs.calls(rounds));
			report.add(costs.expiry(rounds));
			report.add(costs.bytes());
			report.add(budgets);
			return report;
		}
	}

	private static Map<String, Limiter> floor(Limiters limiters) {
		Map<String, Limiter> contestants = new LinkedHashMap<>();
		contestants.put(FLOOR, limiters.emptyScript());
		return contestants;
	}

	private static Map<String, Limiter> others(Limiters limiters) {
		Map<String, Limiter> contestants = floor(limiters);
		contestants.put("the same with a key and an argument", limiters.emptyScriptWithKeys(1));
		contestants.put("PING", limiters.ping());
		contestants.put("GET", limiters.get());
		contestants.put("clock, read and append alone", limiters.leastScript());
		contestants.put("Throttle, script", limiters.script(1, 100));
		contestants.put("sorted set", limiters.sortedSet(100));
		contestants.put("Bucket4j, Lettuce", limiters.bucket4j(100));
		contestants.put("Redisson RRateLimiter", limiters.redisson(100));
		return contestants;
	}

	private static Map<String, Limiter> othersThatWait(Limiters limiters) {
		Map<String, Limiter> contestants = others(limiters);
		contestants.put(BACKEND, limiters.backend(1, 100));
		return contestants;
	}

	private static Map<String, Limiter> sizes(Limiters limiters) {
		Map<String, Limiter> contestants = floor(limiters);
		contestants.put("the same with four keys and an argument", limiters.emptyScriptWithKeys(4));
		contestants.put("Throttle, limit 100, one quota", limiters.script(1, 100));
		contestants.put("Throttle, limit 100000, one quota", limiters.script(1, 100_000));
		contestants.put("Throttle, limit 100, four quotas", limiters.script(4, 100));
		contestants.put("Throttle, limit 100000, four quotas", limiters.script(4, 100_000));
		return contestants;
	}

	/**
	 * Run each contestant until it is compiled.
	 */
	private static void warm(Map<String, Limiter> contestants, int millis, Limiters limiters)
			throws InterruptedException {
		for (Limiter limiter : contestants.values()) {
			limiters.clear();
			new Load(WARM_UP_THREADS, millis).threads(limiter);
		}
	}

	private static void throughputThatWaits(Rounds rounds, int millis, Limiters limiters, Report report,
			Budgets budgets) throws Exception {
		throughput("One question, a thread waiting for each", true, othersThatWait(limiters), rounds, millis, limiters,
				report)
			.forEach((inFlight, measured) -> budgets.atLeast(
					"one decision, " + inFlight + " in flight: throughput to " + FLOOR, "%.2f", 0.8,
					answers(measured, BACKEND).ratio(answers(measured, FLOOR))));
	}

	private static Samples answers(Map<String, List<Samples>> measured, String contestant) {
		return Objects.requireNonNull(measured.get(contestant)).get(0);
	}

	/**
	 * Measure contestants.
	 * @return the samples of each contestant, by the questions in flight
	 */
	private static Map<Integer, Map<String, List<Samples>>> throughput(String title, boolean threads,
			Map<String, Limiter> contestants, Rounds rounds, int millis, Limiters limiters, Report report)
			throws Exception {
		Map<Integer, Map<String, List<Samples>>> byInFlight = new LinkedHashMap<>();
		for (int inFlight : IN_FLIGHT) {
			Map<String, Rounds.Contestant> running = new LinkedHashMap<>();
			contestants.forEach((name, limiter) -> running.put(name, () -> {
				limiters.clear();
				Load load = new Load(inFlight, millis);
				CpuTime before = CpuTime.now(limiters);
				double[] figures = threads ? load.threads(limiter) : load.asynchronous(limiter);
				CpuTime after = CpuTime.now(limiters);
				return new double[] { figures[0], figures[1], figures[2],
						(after.serverMicros() - before.serverMicros()) / load.answered(),
						(after.clientMicros() - before.clientMicros()) / load.answered() };
			}));
			Map<String, List<Samples>> measured = rounds.run(running);
			Table table = new Table(title + ", " + inFlight + " in flight", Arrays.asList("contestant", "to the floor",
					"answers a second", "p50 in µs", "p99 in µs", "server CPU in µs", "client CPU in µs"));
			Samples floor = answers(measured, FLOOR);
			measured.forEach((name,
					samples) -> table.add(Arrays.asList(name, samples.get(0).ratio(floor).text("%.2f"),
							samples.get(0).text("%.0f"), samples.get(1).text("%.0f"), samples.get(2).text("%.0f"),
							samples.get(3).text("%.1f"), samples.get(4).text("%.1f"))));
			report.add(table);
			byInFlight.put(inFlight, measured);
		}
		return byInFlight;
	}

}
