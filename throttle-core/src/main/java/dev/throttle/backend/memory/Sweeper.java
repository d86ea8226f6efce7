package dev.throttle.backend.memory;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Drops in the background what is void, so that memory is given back when no request
 * comes any more.
 */
final class Sweeper implements AutoCloseable {

	private static final long INTERVAL_NANOS = 250_000_000;

	private final ClientStore store;

	private final AtomicBoolean started = new AtomicBoolean();

	private volatile boolean closed;

	private volatile @Nullable Thread thread;

	Sweeper(ClientStore store) {
		this.store = store;
	}

	void start() {
		if (!this.started.get() && this.started.compareAndSet(false, true)) {
			Thread thread = new Thread(this::run, "throttle-sweeper");
			thread.setDaemon(true);
			this.thread = thread;
			thread.start();
		}
	}

	private void run() {
		while (!this.closed) {
			LockSupport.parkNanos(this, INTERVAL_NANOS);
			this.store.sweep();
		}
	}

	@Override
	public void close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
	}

}
