package dev.throttle.benchmarks.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Budgets;
import dev.throttle.benchmarks.JavaProcess;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;
import dev.throttle.benchmarks.redis.RedisServer;
import org.springframework.boot.SpringBootVersion;

/**
 * Measures requests to the smallest handler, with throttling and without: of Spring MVC
 * on Tomcat, and of WebFlux on Netty.
 */
public final class HttpBenchmark implements Benchmark {

	private static final String NOTHING = "nothing";

	private static final String ALLOWED = "in memory, allowed";

	private static final String DENIED = "in memory, denied";

	private static final String DENIED_IN_FILTER = "in memory, denied in the filter";

	/** Applications that need Spring MVC. */
	private static final Pattern SERVLET_ONLY = Pattern.compile("three headers|bucket4j");

	private static final String CACHING = "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider";

	private static final int WARM_UP_SECONDS = 5;

	private static final int MAX_WARM_UPS = 24;

	/** How often an application must have become no faster. */
	private static final int STEADY_WARM_UPS = 2;

	private static final double NO_FASTER = 0.95;

	@Override
	public Set<String> options() {
		return Set.of("rounds", "seconds", "redis-server", "applications", "threads");
	}

	@Override
	public Report run(Options options) throws Exception {
		int rounds = options.number("rounds", 5);
		int seconds = options.number("seconds", 2);
		HttpLoad load = new HttpLoad();
		Report report = new Report("Requests over HTTP", "Spring Boot " + SpringBootVersion.getVersion()
				+ " on Tomcat and, with event loops, on WebFlux and Netty, asked by " + load.name() + ".");
		report.add("Medians of " + rounds + " rounds of " + seconds
				+ " s, least and greatest in brackets; ratios are taken within a round.\n");
		Budgets budgets = new Budgets();
		try (RedisServer redis = RedisServer.start(options.text("redis-server", ""))) {
			Predicate<String> chosen = Pattern.compile(options.text("applications", "")).asPredicate();
			for (Threads threads : Threads.chosen(options.text("threads", ""))) {
				Map<String, List<String>> configurations = configurations(redis.uri(), threads);
				configurations.keySet().removeIf((name) -> !name.equals(NOTHING) && !chosen.test(name));
				if (configurations.size() == 1) {
					throw new IllegalArgumentException(
							"--applications must be found in the name of one beside " + NOTHING);
				}
				report(threads, turns(configurations, load, rounds, seconds, threads), report, budgets);
			}
		}
		report.add(budgets);
		return report;
	}

	private static Map<String, List<Samples>> turns(Map<String, List<String>> configurations, HttpLoad load, int rounds,
			int seconds, Threads threads) throws Exception {
		List<Server> servers = new ArrayList<>();
		try {
			Map<String, Rounds.Contestant> running = new LinkedHashMap<>();
			for (Map.Entry<String, List<String>> configuration : configurations.entrySet()) {
				Server server = Server.start(configuration.getValue(), threads);
				servers.add(server);
				boolean denied = configuration.getKey().contains("denied");
				warm(server, load, denied);
				running.put(configuration.getKey(), () -> server.turn(load, seconds, denied));
			}
			return Rounds.warm(rounds).run(running);
		}
		finally {
			servers.forEach(Server::close);
		}
	}

	/**
	 * Ask an application until it becomes no faster, which takes the longer the slower
	 * the machine compiles.
	 */
	private static void warm(Server server, HttpLoad load, boolean denied) throws Exception {
		double leastCpu = Double.MAX_VALUE;
		int steady = 0;
		for (int i = 0; i < MAX_WARM_UPS && steady < STEADY_WARM_UPS; i++) {
			double cpu = server.turn(load, WARM_UP_SECONDS, denied)[1];
			steady = (cpu > NO_FASTER * leastCpu) ? steady + 1 : 0;
			leastCpu = Math.min(leastCpu, cpu);
		}
	}

	private static Map<String, List<String>> configurations(String redis, Threads threads) {
		String allowed = "throttle.rates.anon=1000000/s";
		String denied = "throttle.rates.anon=1/day";
		String backend = "throttle.backend=redis";
		String url = "spring.data.redis.url=" + redis;
		String timeout = "throttle.redis.timeout=20s";
		Map<String, List<String>> configurations = new LinkedHashMap<>();
		configurations.put(NOTHING, List.of("throttle.enabled=false"));
		configurations.put("three headers alone", List.of("throttle.enabled=false", "benchmark.headers-alone=true"));
		configurations.put(ALLOWED, List.of(allowed, "throttle.backend=memory"));
		configurations.put("in memory, allowed, no headers",
				List.of(allowed, "throttle.backend=memory", "throttle.headers=none"));
		configurations.put(DENIED, List.of(denied, "throttle.backend=memory"));
		configurations.put(DENIED_IN_FILTER, List.of("throttle.rates.address=1/day", "throttle.backend=memory"));
		configurations.put("Redis, allowed", List.of(allowed, backend, url, timeout));
		configurations.put("Redis, denied, known denials", List.of(denied, backend, url, timeout));
		configurations.put("Redis, denied, each asked",
				List.of(denied, backend, url, timeout, "throttle.redis.known-denials=0"));
		configurations.put("bucket4j-spring-boot-starter, allowed", bucket4j(1_000_000, "seconds"));
		configurations.put("bucket4j-spring-boot-starter, denied", bucket4j(1, "days"));
		configurations.keySet().removeIf((name) -> !threads.isServlet() && SERVLET_ONLY.matcher(name).find());
		return configurations;
	}

	private static List<String> bucket4j(int capacity, String unit) {
		String filter = "bucket4j.filters[0].";
		String limit = filter + "rate-limits[0].";
		return List.of("throttle.enabled=false", "spring.cache.type=jcache", "spring.cache.jcache.provider=" + CACHING,
				"spring.cache.cache-names=buckets", "bucket4j.enabled=true", filter + "cache-name=buckets",
				filter + "url=.*", limit + "cache-key=getRemoteAddr()", limit + "bandwidths[0].capacity=" + capacity,
				limit + "bandwidths[0].time=1", limit + "bandwidths[0].unit=" + unit);
	}

	private static void report(Threads threads, Map<String, List<Samples>> measured, Report report, Budgets budgets) {
		List<Samples> nothing = Objects.requireNonNull(measured.get(NOTHING));
		Table table = new Table("32 connections, " + threads, Arrays.asList("application", "requests a second",
				"to nothing", "server CPU a request in µs", "to nothing"));
		measured.forEach((name,
				samples) -> table.add(Arrays.asList(name, samples.get(0).text("%.0f"),
						samples.get(0).ratio(nothing.get(0)).text("%.2f"), samples.get(1).text("%.1f"),
						samples.get(1).ratio(nothing.get(1)).text("%.2f"))));
		report.add(table);
		List<Samples> allowed = measured.get(ALLOWED);
		List<Samples> denied = measured.get(DENIED);
		if (allowed != null) {
			budgets.atLeast(threads + ", in memory, allowed: throughput to nothing", "%.2f", threads.leastThroughput(),
					allowed.get(0).ratio(nothing.get(0)));
			budgets.atMost(threads + ", in memory, allowed: CPU a request to nothing", "%.2f", threads.mostCpu(),
					allowed.get(1).ratio(nothing.get(1)));
		}
		if (denied != null) {
			budgets.atMost(threads + ", in memory, denied: CPU a request to nothing", "%.2f", 1,
					denied.get(1).ratio(nothing.get(1)));
		}
		List<Samples> deniedInFilter = measured.get(DENIED_IN_FILTER);
		if (deniedInFilter != null) {
			budgets.atMost(threads + ", in memory, denied in the filter: CPU a request to nothing", "%.2f", 0.9,
					deniedInFilter.get(1).ratio(nothing.get(1)));
		}
	}

	/**
	 * An application in a process of its own.
	 *
	 * @param process the process
	 */
	private record Server(JavaProcess process) {

		static Server start(List<String> properties, Threads threads) {
			List<String> arguments = new ArrayList<>(
					List.of("--server.port=0", "--server.address=127.0.0.1", "--spring.main.banner-mode=off",
							"--logging.level.root=error", "--bucket4j.enabled=false", "--spring.cache.type=none"));
			arguments.addAll(threads.arguments());
			properties.forEach((property) -> {
				arguments.removeIf((present) -> present.startsWith("--" + property.replaceFirst("=.*", "=")));
				arguments.add("--" + property);
			});
			try {
				Server server = new Server(JavaProcess.start(List.of("-Xmx256m"), HelloApplication.class,
						arguments.toArray(new String[0])));
				server.process.ask("");
				return server;
			}
			catch (IOException ex) {
				throw new IllegalStateException("An application cannot be started: " + properties, ex);
			}
		}

		double[] turn(HttpLoad load, int seconds, boolean denied) throws Exception {
			String[] before = this.process.ask("").split(" ", -1);
			HttpLoad.Answers answers = load.run("http://127.0.0.1:" + before[0] + "/", seconds);
			String[] after = this.process.ask("").split(" ", -1);
			long expected = denied ? answers.count() : 0;
			if (answers.count() == 0 || Math.abs(answers.refused() - expected) > 1) {
				throw new IllegalStateException(
						"Of " + answers.count() + " requests " + answers.refused() + " were refused, not " + expected);
			}
			double cpuNanos = Double.parseDouble(after[1]) - Double.parseDouble(before[1]);
			return new double[] { answers.perSecond(), cpuNanos / 1e3 / answers.count() };
		}

		void close() {
			this.process.close();
		}

	}

}
