package dev.throttle.backend.memory;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Drops expired entries in the background, so that memory is freed even if no more
 * requests come. It also checks whether to warn that there is not enough room.
 */
final class Sweeper implements AutoCloseable {

	private static final long INTERVAL_NANOS = 250_000_000;

	private final ClientStore store;

	private final ShortageWarning warning;

	private final AtomicBoolean started = new AtomicBoolean();

	private volatile boolean closed;

	private volatile @Nullable Thread thread;

	Sweeper(ClientStore store, ShortageWarning warning) {
		this.store = store;
		this.warning = warning;
	}

	void start() {
		if (!this.started.get() && this.started.compareAndSet(false, true)) {
			Thread thread = new Thread(this::run, "throttle-sweeper");
			thread.setDaemon(true);
			thread.setContextClassLoader(Sweeper.class.getClassLoader());
			this.thread = thread;
			thread.start();
		}
	}

	void sweep() {
		this.store.sweep();
		this.warning.check();
	}

	private void run() {
		while (!this.closed) {
			LockSupport.parkNanos(this, INTERVAL_NANOS);
			sweep();
		}
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

}
