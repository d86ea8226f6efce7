package dev.throttle.engine;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Runs a task later, on its own thread, which ends when it is idle.
 */
class DelayedTask implements AutoCloseable {

	private static final Duration IDLE = Duration.ofSeconds(10);

	private @Nullable ScheduledThreadPoolExecutor executor;

	private @Nullable ScheduledFuture<?> next;

	/**
	 * Schedule an action, in place of the one that was scheduled before.
	 */
	synchronized void schedule(long delayNanos, Runnable action) {
		cancel();
		if (this.executor == null) {
			this.executor = executor();
		}
		this.next = this.executor.schedule(action, delayNanos, TimeUnit.NANOSECONDS);
	}

	synchronized void cancel() {
		if (this.next != null) {
			this.next.cancel(false);
			this.next = null;
		}
	}

	private static ScheduledThreadPoolExecutor executor() {
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "throttle-rates");
			thread.setDaemon(true);
			thread.setContextClassLoader(DelayedTask.class.getClassLoader());
			return thread;
		});
		executor.setRemoveOnCancelPolicy(true);
		executor.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	@Override
	public synchronized void close() {
		if (this.executor != null) {
			this.executor.shutdownNow();
			this.executor = null;
		}
	}

}
