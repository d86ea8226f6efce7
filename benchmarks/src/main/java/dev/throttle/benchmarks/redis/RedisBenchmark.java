package dev.throttle.benchmarks.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.Limiter;
import dev.throttle.benchmarks.Load;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;

/**
 * Measures decisions in Redis against the floor, which is a script that does nothing, and
 * against other limiters.
 */
public final class RedisBenchmark implements Benchmark {

	/** The least throughput to the floor, by the questions in flight. */
	private static final Map<Integer, Double> BUDGETS = new TreeMap<>(Map.of(1, 0.6, 8, 0.7, 64, 0.9));

	private static final int WARM_UP_THREADS = 8;

	private static final String FLOOR = Throughput.FLOOR;

	private static final String BACKEND = "Throttle, RedisCacheBackend";

	private static final String ASYNC = "the same, decideAsync, no thread waiting";

	private static final String ONE_RATE = "Throttle, limit 100";

	private static final String TWO_RATES = "Throttle, limit 100, two rates of the scope";

	private static final String FOUR_SCOPES = "Throttle, limit 100, four scopes";

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
			warm(limitersOfThreads(limiters), options.number("warm-up", 5000), limiters);
			Throughput throughput = new Throughput(rounds, millis, limiters, report);
			throughput.measure("One question, no thread waiting", asynchronous(others(limiters)));
			throughputOfThreads(throughput, limiters, budgets);
			throughputOfScopes(throughput, limiters, budgets);
			report.add(costs.calls(rounds));
			report.add(costs.expiry(rounds));
			report.add(costs.settlements(rounds));
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
		contestants.put("Throttle, script", limiters.script(Limiters.scopes(1, 1, 100)));
		contestants.put("sorted set", limiters.sortedSet(100));
		contestants.put("Bucket4j, Lettuce", limiters.bucket4j(100));
		contestants.put("Redisson RRateLimiter", limiters.redisson(100));
		return contestants;
	}

	private static Map<String, Limiter> limitersOfThreads(Limiters limiters) {
		Map<String, Limiter> contestants = others(limiters);
		contestants.put(BACKEND, limiters.backend(Limiters.scopes(1, 1, 100)));
		return contestants;
	}

	private static Map<String, Limiter> scopes(Limiters limiters) {
		Map<String, Limiter> contestants = floor(limiters);
		contestants.put("the same with four keys and an argument", limiters.emptyScriptWithKeys(4));
		contestants.put(ONE_RATE, limiters.script(Limiters.scopes(1, 1, 100)));
		contestants.put("Throttle, limit 100000", limiters.script(Limiters.scopes(1, 1, 100_000)));
		contestants.put(TWO_RATES, limiters.script(Limiters.scopes(1, 2, 100)));
		contestants.put(FOUR_SCOPES, limiters.script(Limiters.scopes(4, 1, 100)));
		return contestants;
	}

	private static Map<String, Throughput.Turn> asynchronous(Map<String, Limiter> limiters) {
		Map<String, Throughput.Turn> turns = new LinkedHashMap<>();
		limiters.forEach((name, limiter) -> turns.put(name, (load) -> load.asynchronous(limiter)));
		return turns;
	}

	private static Map<String, Throughput.Turn> threads(Map<String, Limiter> limiters) {
		Map<String, Throughput.Turn> turns = new LinkedHashMap<>();
		limiters.forEach((name, limiter) -> turns.put(name, (load) -> load.threads(limiter)));
		return turns;
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

	private static void throughputOfThreads(Throughput throughput, Limiters limiters, Budgets budgets)
			throws Exception {
		Map<String, Throughput.Turn> turns = threads(limitersOfThreads(limiters));
		Limiter async = limiters.asyncBackend(Limiters.scopes(1, 1, 100));
		turns.put(ASYNC, (load) -> load.asynchronous(async));
		Map<Integer, Map<String, Samples>> answers = throughput.measure("One question, a thread waiting for each",
				turns);
		BUDGETS.forEach((inFlight, budget) -> budgets.atLeast(
				"one decision, " + inFlight + " in flight: throughput to " + FLOOR, "%.2f", budget,
				ratio(answers, inFlight, BACKEND, FLOOR)));
		budgets.atLeast("one decision, 64 in flight: throughput of decideAsync to decide", "%.2f", 1.2,
				ratio(answers, 64, ASYNC, BACKEND));
	}

	private static void throughputOfScopes(Throughput throughput, Limiters limiters, Budgets budgets) throws Exception {
		Map<Integer, Map<String, Samples>> answers = throughput.measure("Rates and scopes, no thread waiting",
				asynchronous(scopes(limiters)));
		for (int inFlight : answers.keySet()) {
			budgets.atMost("two rates of a scope, " + inFlight + " in flight: time of a decision to one rate", "%.2f",
					1.15, ratio(answers, inFlight, ONE_RATE, TWO_RATES));
		}
		for (int inFlight : answers.keySet()) {
			budgets.atLeast("four scopes of a client, " + inFlight + " in flight: throughput to " + FLOOR, "%.2f", 0.6,
					ratio(answers, inFlight, FOUR_SCOPES, FLOOR));
		}
	}

	private static Samples ratio(Map<Integer, Map<String, Samples>> answers, int inFlight, String contestant,
			String other) {
		Map<String, Samples> measured = Objects.requireNonNull(answers.get(inFlight));
		return Objects.requireNonNull(measured.get(contestant)).ratio(Objects.requireNonNull(measured.get(other)));
	}

}
