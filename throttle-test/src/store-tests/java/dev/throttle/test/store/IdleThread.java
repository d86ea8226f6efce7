package dev.throttle.test.store;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that only sleeps, for a millisecond at a time. How much longer it sleeps than
 * that is what the machine adds to any time that is measured.
 */
public final class IdleThread implements AutoCloseable {

	private static final long PAUSE_NANOS = 1_000_000;

	private final Thread thread = new Thread(this::run, "idle");

	private volatile boolean closed;

	private volatile long longest;

	private IdleThread() {
	}

	public static IdleThread start() {
		IdleThread idle = new IdleThread();
		idle.thread.setDaemon(true);
		idle.thread.start();
		return idle;
	}

	private void run() {
		while (!this.closed) {
			long start = System.nanoTime();
			LockSupport.parkNanos(PAUSE_NANOS);
			this.longest = Math.max(this.longest, System.nanoTime() - start);
		}
	}

	/**
	 * Return the longest sleep until now.
	 */
	public Duration longestStall() {
		return Duration.ofNanos(this.longest);
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
