package dev.throttle.backend.remote;

/**
 * Listener for the activity of a {@link RemoteCacheBackend}. It is called on the threads
 * of requests and on workers, never on a thread on which a store answers. An exception
 * that it throws has no effect. Implementations are safe for use by several threads.
 *
 * @since 1.0.0
 */
public interface RemoteBackendListener {

	/**
	 * Called after a call to the store.
	 * @param answered whether it was answered in time
	 * @param nanos the time in nanoseconds that the request waited for the answer
	 */
	default void asked(boolean answered, long nanos) {
	}

	/**
	 * Called when a request is denied without asking the store, because it is known to be
	 * denied.
	 */
	default void knownDenial() {
	}

	/**
	 * Called when the breaker opens or closes, and when the listener is added.
	 * @param open whether the breaker is open, so that the store is only probed
	 */
	default void breakerChanged(boolean open) {
	}

}
