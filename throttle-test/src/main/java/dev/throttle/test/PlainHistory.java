package dev.throttle.test;

import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * A history that follows the contract as plainly as possible. Times are in nanoseconds.
 */
interface PlainHistory {

	/**
	 * Drop for good what does not count any more, as these rates are used now.
	 */
	void use(List<Policy> policies, long now);

	void add(long cost, long now);

	boolean hasRoom(List<Policy> policies, long cost, long now);

	/**
	 * Return the outcome of a request.
	 * @param cost what the request still has to pay: 0 if it has been added
	 */
	Outcome outcome(Policy policy, long cost, long now);

	/**
	 * Settle what was recorded.
	 * @param at when it was recorded
	 */
	Settlement.Result settle(Settlement settlement, long at, long now);

}
