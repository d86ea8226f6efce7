package dev.throttle.engine;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;

import dev.throttle.Reservation;
import dev.throttle.Scope;

/**
 * What an admitted request has taken under some of its scopes.
 *
 * @since 1.0.0
 */
public final class DecisionReservation implements Reservation {

	private final ThrottleEngine engine;

	private final Decision decision;

	private final Collection<Scope> scopes;

	private final Executor workers;

	private DecisionReservation(ThrottleEngine engine, Decision decision, Collection<Scope> scopes, Executor workers) {
		this.engine = engine;
		this.decision = decision;
		this.scopes = scopes;
		this.workers = workers;
	}

	/**
	 * Return what a request has taken.
	 * @param engine settles it
	 * @param decision the decision that admitted the request
	 * @param scopes the scopes
	 * @param workers the executor for blocking work
	 * @return the reservation, {@link Reservation#NONE} if nothing was recorded under the
	 * scopes
	 */
	public static Reservation of(ThrottleEngine engine, Decision decision, Collection<Scope> scopes, Executor workers) {
		DecisionReservation reservation = new DecisionReservation(engine, decision, scopes, workers);
		return (reservation.hasAny(decision.results()) || reservation.hasAny(decision.shadowResults())) ? reservation
				: NONE;
	}

	private boolean hasAny(List<QuotaResult> quotas) {
		for (QuotaResult quota : quotas) {
			if (quota.outcome().isRecorded() && has(quota)) {
				return true;
			}
		}
		return false;
	}

	private boolean has(QuotaResult quota) {
		return this.scopes.contains(quota.policy().scope());
	}

	@Override
	public void settle(long cost) {
		if (cost < 0) {
			throw new IllegalArgumentException(
					"'cost' must not be negative but is " + cost + "; to give everything back, settle 0");
		}
		var unused = this.engine.settle(List.of(this.decision), (quota) -> has(quota) ? cost : -1, this.workers);
	}

	/**
	 * Count what was taken as if it were taken now. Returns at once, and has no effect
	 * after it was settled.
	 */
	public void countFromNow() {
		var unused = this.engine.countFromNow(this.decision, this.workers);
	}

}
