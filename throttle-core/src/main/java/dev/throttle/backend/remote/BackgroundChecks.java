package dev.throttle.backend.remote;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes servers that are unavailable, and pings those that no request asks. Its single
 * thread runs all background work of a backend, except blocking work, which has a thread
 * of its own.
 */
final class BackgroundChecks implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BackgroundChecks.class);

	private final RemoteCacheBackend backend;

	private final Breakers breakers;

	private final RequestTimeout timeout;

	private final RemoteListeners listeners;

	/** What waits for a store that hangs, and would find out nothing new. */
	private static final int MAX_BLOCKED = 16;

	private final ScheduledExecutorService thread = Executors
		.newSingleThreadScheduledExecutor((task) -> thread("throttle-remote", task));

	private final ExecutorService blocking = new ThreadPoolExecutor(0, 1, 10, TimeUnit.SECONDS,
			new ArrayBlockingQueue<>(MAX_BLOCKED), (task) -> thread("throttle-remote-blocking", task));

	BackgroundChecks(RemoteCacheBackend backend, Breakers breakers, RequestTimeout timeout, RemoteListeners listeners) {
		this.backend = backend;
		this.breakers = breakers;
		this.timeout = timeout;
		this.listeners = listeners;
	}

	private static Thread thread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.setContextClassLoader(BackgroundChecks.class.getClassLoader());
		return thread;
	}

	void start() {
		repeat(Breaker.PROBE_INTERVAL, Breaker.PROBE_INTERVAL, this::check);
	}

	/**
	 * Check now, in addition to the schedule.
	 */
	void checkSoon() {
		run(this::check);
	}

	private void check() {
		this.breakers.askOnSchedule(this.backend.servers()).forEach(this::check);
		this.backend.onSchedule(this.blocking);
	}

	private void check(Attempt attempt) {
		long now = System.nanoTime();
		long timeout = this.timeout.at(now).toNanos();
		CompletionStage<?> answer;
		try {
			answer = attempt.isProbe() ? this.backend.probe(attempt.server(), now + timeout, this.blocking)
					: this.backend.ping(attempt.server(), now + timeout, this.blocking);
		}
		catch (RuntimeException | Error ex) {
			answer = CompletableFuture.failedFuture(ex);
		}
		var unused = answer.toCompletableFuture()
			.orTimeout(timeout, TimeUnit.NANOSECONDS)
			.whenComplete((done, failure) -> {
				if (failure != null && !isClosed()) {
					this.backend.failed(attempt, UndecidedException.root(failure));
				}
				else if (failure == null && attempt.isProbe()) {
					attempt.answered();
				}
				run(this.listeners::breakerChecked);
			});
	}

	/**
	 * Run a task periodically.
	 */
	void repeat(Duration first, Duration interval, Runnable task) {
		var unused = this.thread.scheduleWithFixedDelay(() -> runSafely(task), first.toMillis(), interval.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	/**
	 * Run a task once, unless this is closed.
	 */
	void run(Runnable task) {
		try {
			this.thread.execute(() -> runSafely(task));
		}
		catch (RejectedExecutionException ex) {
			// closed
		}
	}

	/**
	 * Return what runs tasks that may block, one after the other, on a thread of its own.
	 * It refuses them where too many wait.
	 */
	Executor blocking() {
		return this.blocking;
	}

	private static void runSafely(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			// an error, too, as it would end what is repeated
			logger.error("A background task failed", ex);
		}
	}

	boolean isClosed() {
		return this.thread.isShutdown();
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
		this.blocking.shutdownNow();
	}

}
