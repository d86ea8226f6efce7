package dev.throttle.limiter;

/**
 * What is known of the thread that calls a limiter.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface CallingThread {

	/**
	 * Return whether the thread must not block, as an event loop.
	 * @return whether it must not
	 */
	boolean mustNotBlock();

}
