package dev.throttle.benchmarks.memory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import dev.throttle.Client;
import dev.throttle.Rate;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * One contestant, asked about clients at random.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DecisionBenchmark {

	private static final long GUESSED_NANOS = 100;

	/**
	 * The contestant.
	 */
	@Param("FLOOR")
	public Contestant contestant = Contestant.FLOOR;

	/**
	 * The scenario.
	 */
	@Param("1/ALLOWED/100/1/1")
	public String scenario = "";

	private final LongAdder asked = new LongAdder();

	private Scenario parsed = new Scenario(1, Demand.ALLOWED, 1);

	/** Those that the limiter knows. */
	private Client[] clients = {};

	/** The same as each request makes them. */
	private Client[] asking = {};

	private long startNanos;

	private @Nullable Limiter limiter;

	/**
	 * Make the limiter and let it count the clients once, and those that are to be denied
	 * until they are.
	 */
	@Setup
	public void start() {
		this.parsed = Scenario.parse(this.scenario);
		this.clients = this.parsed.clients();
		this.asking = this.parsed.clients();
		this.limiter = limiter(this.parsed.ratesInTurns());
	}

	private Limiter limiter(List<List<Rate>> rates) {
		Limiter limiter = this.contestant.limiter(this.clients, rates, this.parsed.scopes());
		for (int key = 0; key < this.clients.length; key++) {
			boolean exhausted = this.parsed.isExhausted(key) && !this.contestant.decidesNothing();
			boolean allowed;
			do {
				allowed = limiter.allows(limiter.ask(this.clients[key], key));
			}
			while (exhausted && allowed);
		}
		return limiter;
	}

	/**
	 * Where half is to be denied, make a limiter whose period is such that this would
	 * have been so in the iteration before.
	 */
	@Setup(Level.Iteration)
	public void calibrate() {
		long asked = this.asked.sumThenReset();
		long nanos = System.nanoTime() - this.startNanos;
		if (this.parsed.isCalibrated() && !this.contestant.decidesNothing()) {
			double each = (asked > 0) ? (double) nanos / asked : GUESSED_NANOS;
			Duration period = Duration.ofNanos(Math.max(1, Math.round(2 * this.parsed.limit() * each)));
			stop();
			this.limiter = limiter(List.of(List.of(new Rate(this.parsed.limit(), period))));
		}
		this.startNanos = System.nanoTime();
	}

	/**
	 * Close the limiter.
	 */
	@TearDown
	public void stop() {
		if (this.limiter != null) {
			this.limiter.close();
		}
	}

	/**
	 * Ask about a client.
	 * @param asker who asks
	 * @return the answer
	 */
	@Benchmark
	@SuppressWarnings("NullAway")
	public Object ask(Asker asker) {
		int key = asker.next();
		Object answer = this.limiter.ask(this.asking[key], key);
		asker.count(this.limiter.allows(answer));
		return answer;
	}

	/**
	 * A thread that asks.
	 */
	@State(Scope.Thread)
	@AuxCounters(AuxCounters.Type.EVENTS)
	public static class Asker {

		/**
		 * The questions.
		 */
		public long asked;

		/**
		 * How many were allowed.
		 */
		public long allowed;

		private long random;

		private int keys;

		/**
		 * Prepare.
		 * @param benchmark what is asked
		 * @param thread the thread
		 */
		@Setup
		public void start(DecisionBenchmark benchmark, ThreadParams thread) {
			this.random = 0x9E3779B97F4A7C15L * (thread.getThreadIndex() + 1);
			this.keys = benchmark.parsed.keys();
		}

		/**
		 * Report how much was asked.
		 * @param benchmark what is asked
		 */
		@TearDown(Level.Iteration)
		public void report(DecisionBenchmark benchmark) {
			benchmark.asked.add(this.asked);
		}

		private int next() {
			this.random ^= this.random << 13;
			this.random ^= this.random >>> 7;
			this.random ^= this.random << 17;
			return (int) ((this.random >>> 33) * this.keys >>> 31);
		}

		private void count(boolean allowed) {
			this.asked++;
			this.allowed += allowed ? 1 : 0;
		}

	}

}
