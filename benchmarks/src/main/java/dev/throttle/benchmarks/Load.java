package dev.throttle.benchmarks;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/**
 * Asks a limiter for some time, with so many questions in flight. Each client asks 50
 * times at most, so that all are allowed.
 */
public final class Load {

	/** The clients that ask first, before others do. */
	public static final int CLIENTS = 1000;

	private static final int TIMES = 50;

	private static final int MAX_ANSWERS = 4_000_000;

	private final long[] nanos = new long[MAX_ANSWERS];

	private final AtomicInteger asked = new AtomicInteger();

	private final AtomicInteger answered = new AtomicInteger();

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	private final int inFlight;

	private final long runNanos;

	/**
	 * Create a load.
	 * @param inFlight the questions in flight
	 * @param runMillis how long to ask, in milliseconds
	 */
	public Load(int inFlight, int runMillis) {
		this.inFlight = inFlight;
		this.runNanos = TimeUnit.MILLISECONDS.toNanos(runMillis);
	}

	private int nextClient() {
		int number = this.asked.getAndIncrement();
		return number % CLIENTS + CLIENTS * (number / (CLIENTS * TIMES));
	}

	/**
	 * Ask from one thread that does not wait for answers.
	 * @param limiter whom to ask
	 * @return answers a second, and the median and the 99th percentile in microseconds
	 * @throws InterruptedException if the thread is interrupted
	 */
	public double[] asynchronous(Limiter limiter) throws InterruptedException {
		Semaphore free = new Semaphore(this.inFlight);
		long start = System.nanoTime();
		while (System.nanoTime() - start < this.runNanos) {
			free.acquire();
			long sent = System.nanoTime();
			var unused = limiter.ask(nextClient()).whenComplete((allowed, failed) -> {
				note(sent, allowed, failed);
				free.release();
			});
		}
		free.acquire(this.inFlight);
		return figures(System.nanoTime() - start);
	}

	/**
	 * Ask from as many threads as may be in flight.
	 * @param limiter whom to ask
	 * @return answers a second, and the median and the 99th percentile in microseconds
	 * @throws InterruptedException if the thread is interrupted
	 */
	public double[] threads(Limiter limiter) throws InterruptedException {
		ExecutorService threads = Executors.newFixedThreadPool(this.inFlight);
		long start = System.nanoTime();
		for (int i = 0; i < this.inFlight; i++) {
			threads.execute(() -> {
				while (System.nanoTime() - start < this.runNanos && this.failure.get() == null) {
					long sent = System.nanoTime();
					try {
						note(sent, limiter.askAndWait(nextClient()), null);
					}
					catch (RuntimeException ex) {
						note(sent, null, ex);
					}
				}
			});
		}
		threads.shutdown();
		if (!threads.awaitTermination(this.runNanos + TimeUnit.SECONDS.toNanos(60), TimeUnit.NANOSECONDS)) {
			threads.shutdownNow();
			throw new IllegalStateException("Answers are missing");
		}
		return figures(System.nanoTime() - start);
	}

	/**
	 * Return how many questions were answered.
	 * @return the number
	 */
	public int answered() {
		return this.answered.get();
	}

	private void note(long sent, @Nullable Boolean allowed, @Nullable Throwable failed) {
		long took = System.nanoTime() - sent;
		if (failed != null) {
			this.failure.compareAndSet(null, failed);
		}
		else if (!Boolean.TRUE.equals(allowed)) {
			this.failure.compareAndSet(null, new IllegalStateException("A contestant denied, which costs less"));
		}
		this.nanos[this.answered.getAndIncrement()] = took;
	}

	private double[] figures(long tookNanos) {
		Throwable failed = this.failure.get();
		if (failed != null) {
			throw new IllegalStateException("A contestant failed", failed);
		}
		int count = this.answered.get();
		Arrays.sort(this.nanos, 0, count);
		return new double[] { count * 1e9 / tookNanos, this.nanos[count / 2] / 1e3,
				this.nanos[count * 99 / 100] / 1e3 };
	}

}
