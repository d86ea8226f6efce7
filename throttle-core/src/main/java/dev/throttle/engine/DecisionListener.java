package dev.throttle.engine;

import java.util.List;

import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;

/**
 * Is told of every request that throttles apply to, once, after it has been decided and
 * before it is answered. It is called by the request's thread, which waits for it; what
 * it throws changes nothing. Safe for use by several threads.
 *
 * @since 1.0.0
 */
public interface DecisionListener {

	/**
	 * Take note of a decision.
	 * @param request the request
	 * @param plan the throttles that apply to it
	 * @param decision what they decided
	 */
	default void decided(ThrottleRequest request, ThrottlePlan plan, Decision decision) {
	}

	/**
	 * Take note of a request that is refused because a backend cannot count it.
	 * @param request the request
	 * @param plan the throttles that apply to it
	 * @param asked the quotas that were to be counted, shadows left out, each denied by
	 * nobody
	 * @param cause what the backend says
	 */
	default void refused(ThrottleRequest request, ThrottlePlan plan, List<QuotaResult> asked,
			BackendUnavailableException cause) {
	}

}
