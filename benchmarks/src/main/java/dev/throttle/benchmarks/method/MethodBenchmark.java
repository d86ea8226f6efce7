package dev.throttle.benchmarks.method;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToLongFunction;

import dev.throttle.Client;
import dev.throttle.benchmarks.Benchmark;
import dev.throttle.benchmarks.Options;
import dev.throttle.benchmarks.Report;
import dev.throttle.benchmarks.Rounds;
import dev.throttle.benchmarks.Samples;
import dev.throttle.benchmarks.Table;
import dev.throttle.benchmarks.method.MethodApplication.Calls;
import dev.throttle.limiter.RateLimiter;
import dev.throttle.limiter.RateLimiters;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Measures what a limit in memory adds to a call through Spring AOP, on one thread.
 */
public final class MethodBenchmark implements Benchmark {

	private static final String BARE = "a method behind an interceptor that does nothing";

	private static final String KEY = "+49 170 1234567";

	private static final int BATCH = 1000;

	@Override
	public Set<String> options() {
		return Set.of("rounds", "millis");
	}

	@Override
	public Report run(Options options) throws Exception {
		int rounds = options.number("rounds", 9);
		long nanos = Duration.ofMillis(options.number("millis", 1000)).toNanos();
		Report report = new Report("Methods", "Spring Boot: " + SpringBootVersion.getVersion() + ".");
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(MethodApplication.class)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.logStartupInfo(false)
			.run()) {
			Calls calls = context.getBean(Calls.class);
			RateLimiter limiter = context.getBean(RateLimiters.class).scope(MethodApplication.SCOPE);
			Map<String, Rounds.Contestant> contestants = new LinkedHashMap<>();
			contestants.put(BARE, () -> measure(calls::bare, nanos));
			contestants.put("`RateLimiter.tryAcquire`",
					() -> measure((key) -> limiter.tryAcquire(Client.key(key)).remaining(), nanos));
			contestants.put("`@Throttle`", () -> measure(calls::limited, nanos));
			contestants.put("`@Throttle` with a key", () -> measure(calls::limitedByKey, nanos));
			report.add(table(Rounds.warm(rounds).run(contestants)));
		}
		return report;
	}

	private static Table table(Map<String, List<Samples>> measured) {
		Samples bare = Objects.requireNonNull(measured.get(BARE)).get(0);
		Table table = new Table("Time of a call, ns", List.of("call", "ns", "above the bare one, ns"));
		measured.forEach((name, samples) -> table.add(Arrays.asList(name, samples.get(0).text("%.0f"),
				name.equals(BARE) ? "–" : samples.get(0).minus(bare).text("%.0f"))));
		return table;
	}

	private static double[] measure(ToLongFunction<String> call, long nanos) {
		long began = System.nanoTime();
		long took = 0;
		long calls = 0;
		long sum = 0;
		while (took < nanos) {
			for (int i = 0; i < BATCH; i++) {
				sum += call.applyAsLong(KEY);
			}
			calls += BATCH;
			took = System.nanoTime() - began;
		}
		if (sum == 0) {
			throw new IllegalStateException("Nothing was called");
		}
		return new double[] { (double) took / calls };
	}

}
