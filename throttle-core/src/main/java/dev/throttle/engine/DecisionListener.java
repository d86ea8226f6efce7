package dev.throttle.engine;

import java.util.List;

import dev.throttle.ThrottleRequest;
import dev.throttle.backend.BackendUnavailableException;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * Listener for decisions. It is notified once about each request that throttles apply to,
 * after the decision and before the response. The request waits for it. An exception that
 * it throws has no effect on the request. Implementations are safe for use by several
 * threads.
 *
 * @since 1.0.0
 */
public interface DecisionListener {

	/**
	 * Called when a request has been decided. A call that waits for permits is decided
	 * once, when it gets them or gives up.
	 * @param request the request
	 * @param throttles the throttles that apply to it
	 * @param decision what they decided
	 */
	default void decided(ThrottleRequest request, AppliedThrottles throttles, Decision decision) {
	}

	/**
	 * Called when a request is refused because a backend cannot count it.
	 * @param request the request
	 * @param throttles the throttles that apply to it
	 * @param asked the quotas that could not be counted, without shadow quotas, each with
	 * an outcome decided by {@code NOBODY}
	 * @param cause the failure of the backend
	 */
	default void refused(ThrottleRequest request, AppliedThrottles throttles, List<QuotaResult> asked,
			BackendUnavailableException cause) {
	}

	/**
	 * Called when the plan of a client could not be found out, so that the usual rates
	 * apply.
	 * @param request the request
	 * @param failure why the resolver could not tell, null if it named a plan that does
	 * not exist
	 */
	default void planUnresolved(ThrottleRequest request, @Nullable Throwable failure) {
	}

	/**
	 * Called when the true cost of a request has been settled. No request waits for it.
	 * If the backend does not answer at once, a worker calls it, so it may block.
	 * @param quota what was reserved, under the first rate of its scope
	 * @param settled the true cost, 0 or more
	 * @param result what became of it
	 */
	default void settled(QuotaResult quota, long settled, Settlement.Result result) {
	}

}
