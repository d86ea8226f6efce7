package dev.throttle.backend.remote;

/**
 * Is told what a {@link RemoteCacheBackend} does. It is called by the threads of requests
 * and by workers, never by a thread on which a store answers; what it throws changes
 * nothing. Safe for use by several threads.
 *
 * @since 1.0.0
 */
public interface RemoteBackendListener {

	/**
	 * Take note of a question to the store.
	 * @param answered whether it was answered in time
	 * @param nanos the time in nanoseconds that the request waited for it
	 */
	default void asked(boolean answered, long nanos) {
	}

	/**
	 * Take note of a request that was known to be denied, so that the store was not
	 * asked.
	 */
	default void knownDenial() {
	}

	/**
	 * Take note that the breaker opened or closed. Also told when the listener is added.
	 * @param open whether the breaker is open, so that the store is only probed
	 */
	default void breakerChanged(boolean open) {
	}

}
