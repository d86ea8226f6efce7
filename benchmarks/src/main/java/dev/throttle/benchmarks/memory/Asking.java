package dev.throttle.benchmarks.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * Asks a limiter from some threads.
 */
final class Asking {

	private static final VarHandle LAST = last();

	private static final int BATCH = 1024;

	private static final int MAX_SLOWNESS = 10;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	private final Limiter limiter;

	private final int keys;

	Asking(Limiter limiter, int keys) {
		this.limiter = limiter;
		this.keys = keys;
	}

	private static VarHandle last() {
		try {
			return MethodHandles.lookup().findVarHandle(Answers.class, "last", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Ask from threads that use so much CPU time each, so that other work on the machine
	 * makes nobody ask less.
	 */
	Figures run(int threads, long nanos) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			long processNanos = this.system.getProcessCpuTime();
			long start = System.nanoTime();
			CyclicBarrier together = new CyclicBarrier(threads);
			List<Future<Figures>> running = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				long seed = 0x9E3779B97F4A7C15L * (start + i);
				running.add(executor.submit(() -> {
					together.await();
					return ask(nanos, seed | 1);
				}));
			}
			Figures sum = Figures.NONE;
			for (Future<Figures> thread : running) {
				sum = sum.plus(thread.get());
			}
			return sum.took(System.nanoTime() - start, this.system.getProcessCpuTime() - processNanos);
		}
		finally {
			executor.shutdown();
		}
	}

	private Figures ask(long cpuNanos, long seed) {
		Answers answers = new Answers();
		long random = seed;
		long bytes = this.threads.getCurrentThreadAllocatedBytes();
		long cpu = this.threads.getCurrentThreadCpuTime();
		long asked = 0;
		long allowed = 0;
		long end = System.nanoTime() + MAX_SLOWNESS * cpuNanos;
		while (this.threads.getCurrentThreadCpuTime() - cpu < cpuNanos && System.nanoTime() - end < 0) {
			for (int i = 0; i < BATCH; i++) {
				random ^= random << 13;
				random ^= random >>> 7;
				random ^= random << 17;
				Object answer = this.limiter.ask((int) ((random >>> 33) * this.keys >>> 31));
				LAST.setOpaque(answers, answer);
				allowed += this.limiter.allows(answer) ? 1 : 0;
			}
			asked += BATCH;
		}
		cpu = this.threads.getCurrentThreadCpuTime() - cpu;
		bytes = this.threads.getCurrentThreadAllocatedBytes() - bytes;
		return new Figures(asked, allowed, cpu, bytes, 0, 0);
	}

	/**
	 * Keeps the last answer where the compiler must suppose that somebody looks at it.
	 */
	private static final class Answers {

		@SuppressWarnings("unused")
		private @Nullable Object last;

	}

	/**
	 * What was measured.
	 *
	 * @param asked the questions
	 * @param allowed how many were allowed
	 * @param cpuNanos the CPU time of the threads that asked
	 * @param bytes what they allocated
	 * @param nanos the time that passed
	 * @param processCpuNanos the CPU time of the process, of the collector and the
	 * compiler too
	 */
	record Figures(long asked, long allowed, long cpuNanos, long bytes, long nanos, long processCpuNanos) {

		static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0);

		Figures plus(Figures other) {
			return new Figures(this.asked + other.asked, this.allowed + other.allowed, this.cpuNanos + other.cpuNanos,
					this.bytes + other.bytes, this.nanos, this.processCpuNanos);
		}

		Figures took(long nanos, long processCpuNanos) {
			return new Figures(this.asked, this.allowed, this.cpuNanos, this.bytes, nanos, processCpuNanos);
		}

		double share() {
			return (double) this.allowed / this.asked;
		}

		/**
		 * Return CPU time of the threads, CPU time of the process and bytes of a
		 * question, and the share that was allowed.
		 */
		double[] values() {
			double questions = this.asked;
			return new double[] { this.cpuNanos / questions, this.processCpuNanos / questions, this.bytes / questions,
					share() };
		}

	}

}
