package dev.throttle.backend.remote;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies listeners. A failure of a listener does not affect the request.
 */
final class RemoteListeners {

	private static final Logger logger = LoggerFactory.getLogger(RemoteBackendListener.class);

	/** The messages that wait for a worker before others are lost. */
	static final int MAX_WAITING = 10_000;

	private final List<RemoteBackendListener> listeners = new CopyOnWriteArrayList<>();

	private final BooleanSupplier breakerOpen;

	private volatile boolean notifiedOpen;

	private final Set<RemoteBackendListener> failed = ConcurrentHashMap.newKeySet();

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waitingCount = new AtomicInteger();

	/** Whether a worker tells what waits, or is to. */
	private final AtomicBoolean notifying = new AtomicBoolean();

	/**
	 * Create the listeners.
	 * @param breakerOpen whether the breaker is open at the moment
	 */
	RemoteListeners(BooleanSupplier breakerOpen) {
		this.breakerOpen = breakerOpen;
	}

	synchronized void add(RemoteBackendListener listener) {
		notifyBreaker();
		this.listeners.add(listener);
		notifyEach(List.of(listener), (each) -> each.breakerChanged(this.notifiedOpen));
	}

	void asked(boolean answered, long nanos) {
		notifyEach(this.listeners, (listener) -> listener.asked(answered, nanos));
		breakerChecked();
	}

	void undecided(UndecidedException failure, long nanos) {
		if (failure.wasAsked()) {
			asked(false, nanos);
		}
	}

	/**
	 * Notify the listeners if the breaker has changed.
	 */
	void breakerChecked() {
		if (this.notifiedOpen != this.breakerOpen.getAsBoolean()) {
			notifyBreaker();
		}
	}

	private synchronized void notifyBreaker() {
		boolean open = this.breakerOpen.getAsBoolean();
		if (this.notifiedOpen != open) {
			this.notifiedOpen = open;
			notifyEach(this.listeners, (listener) -> listener.breakerChanged(open));
		}
	}

	void knownDenial() {
		notifyEach(this.listeners, RemoteBackendListener::knownDenial);
	}

	/**
	 * Notify the listeners on a worker, as they may block. One worker at a time sends all
	 * waiting notifications, so that a burst costs one thread switch. What no worker
	 * takes is sent with the next notification, unless too many wait.
	 */
	void later(Executor workers, Runnable message) {
		if (this.listeners.isEmpty()) {
			return;
		}
		if (this.waitingCount.incrementAndGet() > MAX_WAITING) {
			this.waitingCount.decrementAndGet();
		}
		else {
			this.waiting.add(message);
		}
		if (this.notifying.compareAndSet(false, true)) {
			try {
				workers.execute(this::notifyWaiting);
			}
			catch (RejectedExecutionException ex) {
				this.notifying.set(false);
			}
		}
	}

	private void notifyWaiting() {
		do {
			try {
				for (Runnable message = this.waiting.poll(); message != null; message = this.waiting.poll()) {
					this.waitingCount.decrementAndGet();
					message.run();
				}
			}
			finally {
				this.notifying.set(false);
			}
		}
		while (!this.waiting.isEmpty() && this.notifying.compareAndSet(false, true));
	}

	private void notifyEach(List<RemoteBackendListener> listeners, Consumer<RemoteBackendListener> message) {
		for (RemoteBackendListener listener : listeners) {
			try {
				message.accept(listener);
			}
			catch (Throwable ex) {
				if (this.failed.add(listener)) {
					logger.error("Listener {} failed. Its further failures are not logged", listener, ex);
				}
			}
		}
	}

}
