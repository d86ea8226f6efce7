package dev.throttle.test.store;

import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * What a client has used, kept as plainly as possible, to compare what a
 * store decides with.
 */
public interface PlainHistory {

	/**
	 * Set the clock, and forget what does not count any more.
	 * @param policies the rates that are used now
	 * @param server the server's time in microseconds
	 */
	void use(List<Policy> policies, long server);

	void add(long cost);

	/**
	 * Forget that rates were used, as nothing was recorded.
	 */
	default void undo() {
	}

	/**
	 * Give permits back.
	 * @param server the server's time in microseconds
	 */
	Settlement.Result lower(Settlement settlement, long server);

	/**
	 * Take more permits, whether or not there is room.
	 * @param server the server's time in microseconds
	 */
	void raise(Settlement settlement, long server);

	boolean hasRoom(Policy policy, long cost);

	/**
	 * Return the outcome of a request.
	 * @param cost what the request still has to pay: 0 if it has been added
	 */
	Outcome outcome(Policy policy, long cost);

}
