package dev.throttle.benchmarks.redis;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.benchmarks.Benchmark;
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

	private static final String FLOOR = "EVALSHA \"return 1\"";

	@Override
	public Report run(Options options) throws Exception {
		Rounds rounds = Rounds.warm(options.number("rounds", 5));
		int millis = options.number("millis", 500);
		try (RedisServer server = RedisServer.start(options.text("redis-server", ""));
				Limiters limiters = new Limiters(server.uri())) {
			ServerCosts costs = new ServerCosts(limiters);
			Report report = new Report("Decisions in Redis", "Server: Redis " + costs.serverVersion() + ".");
			report.add("Medians of " + options.number("rounds", 5) + " rounds of " + millis
					+ " ms, least and greatest in brackets; ratios are taken within a round.\n");
			throughput("One question, no thread waiting", false, others(limiters), rounds, millis, limiters, report);
			throughput("One question, a thread waiting for each", true, othersThatWait(limiters), rounds, millis,
					limiters, report);
			throughput("Limits and quotas, no thread waiting", false, sizes(limiters), rounds, millis, limiters,
					report);
			report.add(costs.calls(rounds));
			report.add(costs.expiry(rounds));
			report.add(costs.bytes());
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
		contestants.put("Throttle, script", limiters.script(1, 100));
		contestants.put("sorted set", limiters.sortedSet(100));
		contestants.put("Bucket4j, Lettuce", limiters.bucket4j(100));
		contestants.put("Redisson RRateLimiter", limiters.redisson(100));
		return contestants;
	}

	private static Map<String, Limiter> othersThatWait(Limiters limiters) {
		Map<String, Limiter> contestants = others(limiters);
		contestants.put("Throttle, RedisCacheBackend", limiters.backend(1, 100));
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

	private static void throughput(String title, boolean threads, Map<String, Limiter> contestants, Rounds rounds,
			int millis, Limiters limiters, Report report) throws Exception {
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
			Samples floor = Objects.requireNonNull(measured.get(FLOOR)).get(0);
			measured.forEach((name,
					samples) -> table.add(Arrays.asList(name, samples.get(0).ratio(floor).text("%.2f"),
							samples.get(0).text("%.0f"), samples.get(1).text("%.0f"), samples.get(2).text("%.0f"),
							samples.get(3).text("%.1f"), samples.get(4).text("%.1f"))));
			report.add(table);
		}
	}

}
