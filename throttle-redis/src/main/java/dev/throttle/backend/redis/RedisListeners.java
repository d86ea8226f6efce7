package dev.throttle.backend.redis;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners, and lets none of them hurt a request.
 */
final class RedisListeners {

	private static final Logger logger = LoggerFactory.getLogger(RedisBackendListener.class);

	private final List<RedisBackendListener> listeners = new CopyOnWriteArrayList<>();

	private final BooleanSupplier breakerOpen;

	private volatile boolean toldOpen;

	private final Set<RedisBackendListener> failed = ConcurrentHashMap.newKeySet();

	/**
	 * Create the listeners.
	 * @param breakerOpen whether the breaker is open at the moment
	 */
	RedisListeners(BooleanSupplier breakerOpen) {
		this.breakerOpen = breakerOpen;
	}

	synchronized void add(RedisBackendListener listener) {
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
		tell(this.listeners, RedisBackendListener::knownDenial);
	}

	private void tell(List<RedisBackendListener> listeners, Consumer<RedisBackendListener> message) {
		for (RedisBackendListener listener : listeners) {
			try {
				message.accept(listener);
			}
			catch (Exception ex) {
				if (this.failed.add(listener)) {
					logger.error("The listener {} failed; it is told on, but its failures are not logged again",
							listener, ex);
				}
			}
		}
	}

}
