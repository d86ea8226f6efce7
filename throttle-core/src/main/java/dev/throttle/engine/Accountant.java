package dev.throttle.engine;

import java.util.List;

import dev.throttle.Accounting;
import dev.throttle.backend.Outcome;

/**
 * Has the quotas of a request counted by their backends.
 */
interface Accountant {

	/**
	 * Decide the quotas of a request.
	 * @param inquiries what the throttles ask, at least one; shadows come last
	 * @param denied whether another throttle denies the request already
	 * @return the outcomes of all quotas in their order
	 */
	List<Outcome> settle(List<Inquiry> inquiries, boolean denied);

	static Accountant of(Accounting accounting) {
		return switch (accounting) {
			case ALL_OR_NOTHING -> new AllOrNothingAccountant();
			case INDEPENDENT -> new IndependentAccountant();
		};
	}

}
