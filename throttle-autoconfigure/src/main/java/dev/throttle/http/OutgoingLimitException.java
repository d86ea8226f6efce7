package dev.throttle.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a call that was not sent, because an outgoing limit has no room for it in
 * time. It is not a {@link dev.throttle.ThrottledException}: the caller's own client did
 * not send too much.
 *
 * @since 1.0.0
 */
public class OutgoingLimitException extends RuntimeException {

	private final String scope;

	private final transient @Nullable Duration retryAfter;

	OutgoingLimitException(String scope, String message, @Nullable Duration retryAfter, @Nullable Throwable cause) {
		super("The outgoing limit '" + scope + "' " + message, cause);
		this.scope = scope;
		this.retryAfter = retryAfter;
	}

	/**
	 * Return the scope of the limit.
	 * @return the scope, as configured
	 */
	public String getScope() {
		return this.scope;
	}

	/**
	 * Return the time after which there is room, if no other call takes it.
	 * @return the time; null if it is not known, or if there never is
	 */
	public @Nullable Duration getRetryAfter() {
		return this.retryAfter;
	}

}
