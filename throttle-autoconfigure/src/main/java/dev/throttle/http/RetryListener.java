package dev.throttle.http;

/**
 * Is told what becomes of each refused request whose answer says when to send it again.
 * Must be thread-safe and must not block.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface RetryListener {

	/**
	 * Called before the wait, or before the answer is returned to the caller.
	 * @param outcome the outcome
	 */
	void refused(RetryOutcome outcome);

}
