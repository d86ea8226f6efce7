package dev.throttle.limiter;

import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the thread that calls a limiter.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface CallingThread {

	/**
	 * Return whether the thread must not block, such as one of an event loop.
	 * @return whether it must not
	 */
	boolean mustNotBlock();

	/**
	 * Return the request that the thread handles. It may tell the plan of its client.
	 * @return the request; null if there is none
	 */
	default @Nullable ThrottleRequest request() {
		return null;
	}

}
