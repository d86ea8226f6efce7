package dev.throttle.backend.remote;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners, and lets none of them hurt a request.
 */
final class RemoteListeners {

	private static final Logger logger = LoggerFactory.getLogger(RemoteBackendListener.class);

	private final List<RemoteBackendListener> listeners = new CopyOnWriteArrayList<>();

	private final BooleanSupplier breakerOpen;

	private volatile boolean toldOpen;

	private final Set<RemoteBackendListener> failed = ConcurrentHashMap.newKeySet();

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waitingCount = new AtomicInteger();

	/**
	 * Create the listeners.
	 * @param breakerOpen whether the breaker is open at the moment
	 */
	RemoteListeners(BooleanSupplier breakerOpen) {
		this.breakerOpen = breakerOpen;
	}

	synchronized void add(RemoteBackendListener listener) {
		tellBreaker();
		this.listeners.add(listener);
		tell(List.of(listener), (each) -> each.breakerChanged(this.toldOpen));
	}

	void asked(boolean answered, long nanos) {
		tell(this.listeners, (listener) -> listener.asked(answered, nanos));
		breakerChecked();
	}

	/**
	 * Tell the listeners if the breaker has changed.
	 */
	void breakerChecked() {
		if (this.toldOpen != this.breakerOpen.getAsBoolean()) {
			tellBreaker();
		}
	}

	private synchronized void tellBreaker() {
		boolean open = this.breakerOpen.getAsBoolean();
		if (this.toldOpen != open) {
			this.toldOpen = open;
			tell(this.listeners, (listener) -> listener.breakerChanged(open));
		}
	}

	void knownDenial() {
		tell(this.listeners, RemoteBackendListener::knownDenial);
	}

	/**
	 * Tell the listeners on a worker, as they may block. One worker at a time tells all
	 * that waits, so that a burst costs one change of threads.
	 */
	void later(Executor workers, Runnable message) {
		if (this.listeners.isEmpty()) {
			return;
		}
		this.waiting.add(message);
		if (this.waitingCount.getAndIncrement() == 0) {
			try {
				workers.execute(this::tellWaiting);
			}
			catch (RejectedExecutionException ex) {
				// the application ends
				this.waiting.clear();
				this.waitingCount.set(0);
			}
		}
	}

	private void tellWaiting() {
		do {
			Runnable message = this.waiting.poll();
			if (message != null) {
				message.run();
			}
		}
		while (this.waitingCount.decrementAndGet() > 0);
	}

	private void tell(List<RemoteBackendListener> listeners, Consumer<RemoteBackendListener> message) {
		for (RemoteBackendListener listener : listeners) {
			try {
				message.accept(listener);
			}
			catch (Throwable ex) {
				if (this.failed.add(listener)) {
					logger.error("The listener {} failed. It is told on, but its failures are not logged again",
							listener, ex);
				}
			}
		}
	}

}
