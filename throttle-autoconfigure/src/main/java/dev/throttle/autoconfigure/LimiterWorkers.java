package dev.throttle.autoconfigure;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs the blocking work of asynchronous limiters, and what follows their answers, on
 * threads that end when they are not used. What finds no room is rejected.
 */
final class LimiterWorkers implements Executor {

	private static final int MAX_WAITING = 10_000;

	private final ThreadPoolExecutor threads;

	LimiterWorkers() {
		CustomizableThreadFactory factory = new CustomizableThreadFactory("throttle-limiter-");
		factory.setDaemon(true);
		int size = 4 * Runtime.getRuntime().availableProcessors();
		this.threads = new ThreadPoolExecutor(size, size, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING),
				factory);
		this.threads.allowCoreThreadTimeOut(true);
	}

	@Override
	public void execute(Runnable task) {
		this.threads.execute(task);
	}

}
