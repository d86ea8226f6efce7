package dev.throttle.benchmarks;

import java.util.Map;
import java.util.TreeMap;

import dev.throttle.benchmarks.http.HttpBenchmark;
import dev.throttle.benchmarks.memory.GrowthBenchmark;
import dev.throttle.benchmarks.memory.HeapBenchmark;
import dev.throttle.benchmarks.memory.MemoryBenchmark;
import dev.throttle.benchmarks.method.MethodBenchmark;
import dev.throttle.benchmarks.postgresql.PostgresBenchmark;
import dev.throttle.benchmarks.redis.RedisBenchmark;

/**
 * Runs one part of the benchmarks.
 */
public final class Benchmarks {

	private static final Map<String, Benchmark> PARTS = new TreeMap<>(Map.of("growth", new GrowthBenchmark(), "heap",
			new HeapBenchmark(), "http", new HttpBenchmark(), "memory", new MemoryBenchmark(), "method",
			new MethodBenchmark(), "postgresql", new PostgresBenchmark(), "redis", new RedisBenchmark()));

	private Benchmarks() {
	}

	/**
	 * Run a part.
	 * @param arguments the name of the part, and its options
	 * @throws Exception if the part fails
	 */
	public static void main(String[] arguments) throws Exception {
		Benchmark benchmark = (arguments.length > 0) ? PARTS.get(arguments[0]) : null;
		if (benchmark == null) {
			throw new IllegalArgumentException("Name a part of the benchmarks: " + PARTS.keySet());
		}
		Options options = Options.parse(arguments, benchmark.options());
		Report report = benchmark.run(options);
		report.write(options.results().resolve(arguments[0] + ".md"));
	}

}
