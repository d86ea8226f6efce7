package dev.throttle.benchmarks.memory;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Tells the time that passes for a decision, of all threads together, and the CPU time
 * that the whole process takes for it, its collector and its compiler too.
 */
public final class ProcessTimeProfiler implements InternalProfiler {

	static final String CPU = "cpu";

	static final String ELAPSED = "elapsed";

	private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	private long startNanos;

	private long startCpuNanos;

	@Override
	public String getDescription() {
		return "Time and CPU time of the process";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		this.startNanos = System.nanoTime();
		this.startCpuNanos = this.system.getProcessCpuTime();
	}

	@Override
	public Collection<? extends Result<?>> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		double decisions = result.getMetadata().getAllOps();
		double cpuNanos = this.system.getProcessCpuTime() - this.startCpuNanos;
		double nanos = System.nanoTime() - this.startNanos;
		return List.of(new ScalarResult(CPU, cpuNanos / decisions, "ns/op", AggregationPolicy.AVG),
				new ScalarResult(ELAPSED, nanos / decisions, "ns/op", AggregationPolicy.AVG));
	}

}
