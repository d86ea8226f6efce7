package dev.throttle.exactness;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;

/**
 * All that was ever admitted of one client under one scope, in the order in which it
 * came. Times are those since the clock started, or since the epoch for rates of the
 * calendar.
 */
final class AdmittedLog {

	private final List<Admitted> admitted = new ArrayList<>();

	private List<Policy> policies = List.of();

	/**
	 * Return the rates that were in force last.
	 */
	List<Policy> policies() {
		return this.policies;
	}

	Admitted admit(Quota quota, long now) {
		this.policies = quota.policies();
		return add(quota.cost(), now);
	}

	/**
	 * Count what has been taken beyond a reservation.
	 */
	Admitted add(long cost, long now) {
		Admitted added = new Admitted(now, cost);
		this.admitted.add(added);
		return added;
	}

	/**
	 * Return the cost in the window that ends now, or in that of the calendar.
	 */
	long used(Policy policy, long now) {
		long used = 0;
		long start = policy.isCalendar() ? policy.windowAt(Math.floorDiv(now, 1000)).startMicros() * 1000
				: now - policy.periodNanos() + 1;
		for (int i = this.admitted.size() - 1; i >= 0 && this.admitted.get(i).at >= start; i--) {
			used += this.admitted.get(i).cost;
		}
		return used;
	}

	/**
	 * Return the time until the next entry leaves a window, the largest long if there is
	 * none.
	 */
	long nanosUntilNextVoid(long now) {
		return this.policies.stream()
			.flatMapToLong((policy) -> this.admitted.stream().mapToLong((one) -> one.at + policy.periodNanos() - now))
			.filter((nanos) -> nanos > 0)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	/**
	 * Return the largest cost in any window of one period.
	 */
	long mostInAnyWindow(Policy policy) {
		long most = 0;
		for (Admitted last : this.admitted) {
			long sum = 0;
			for (Admitted one : this.admitted) {
				sum += (one.at <= last.at && last.at - one.at < policy.periodNanos()) ? one.cost : 0;
			}
			most = Math.max(most, sum);
		}
		return most;
	}

	/**
	 * What was admitted, at the cost that is known by now.
	 */
	static final class Admitted {

		private final long at;

		private long cost;

		Admitted(long at, long cost) {
			this.at = at;
			this.cost = cost;
		}

		void settle(long cost) {
			this.cost = cost;
		}

	}

}
