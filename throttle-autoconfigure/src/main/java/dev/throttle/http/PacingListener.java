package dev.throttle.http;

import java.time.Duration;

/**
 * Is told how long each call to a host with an outgoing limit waited. Must be thread-safe
 * and must not block.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface PacingListener {

	/**
	 * Called before the call is sent, or fails because there is no room for it.
	 * @param scope the scope of the limit
	 * @param waited how long the call waited
	 * @param isSent whether it is sent
	 */
	void waited(String scope, Duration waited, boolean isSent);

}
