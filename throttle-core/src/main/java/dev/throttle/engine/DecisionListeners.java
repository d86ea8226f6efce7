package dev.throttle.engine;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies listeners. A failure of a listener does not affect the request; the first
 * failure of each listener is logged.
 */
final class DecisionListeners {

	private static final Logger logger = LoggerFactory.getLogger(DecisionListener.class);

	private final Set<DecisionListener> failed = ConcurrentHashMap.newKeySet();

	private final List<DecisionListener> listeners;

	DecisionListeners(List<DecisionListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	boolean isEmpty() {
		return this.listeners.isEmpty();
	}

	void notifyEach(Consumer<DecisionListener> message) {
		for (DecisionListener listener : this.listeners) {
			try {
				message.accept(listener);
			}
			catch (Throwable ex) {
				if (this.failed.add(listener)) {
					logger.error("Decision listener {} failed. Its further failures are not logged",
							listener.getClass().getName(), ex);
				}
			}
		}
	}

}
