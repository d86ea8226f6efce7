package dev.throttle.backend.redis;

/**
 * Is told what a {@link RedisCacheBackend} does. It is called by the threads of requests,
 * which wait for it; what it throws changes nothing. Safe for use by several threads.
 *
 * @since 1.0.0
 */
public interface RedisBackendListener {

	/**
	 * Take note of a question that Redis was asked.
	 * @param answered whether it was answered in time
	 * @param nanos the time in nanoseconds that the request waited for it
	 */
	default void asked(boolean answered, long nanos) {
	}

	/**
	 * Take note of a request that was known to be denied, so that Redis was not asked.
	 */
	default void knownDenial() {
	}

	/**
	 * Take note that Redis is asked, or is not asked any more but for a probe from time
	 * to time. Also told when the listener is added.
	 * @param open whether the breaker is open, so that Redis is not asked
	 */
	default void breakerChanged(boolean open) {
	}

}
