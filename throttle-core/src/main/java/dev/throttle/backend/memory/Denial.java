package dev.throttle.backend.memory;

import java.time.Instant;
import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Quota;
import org.jspecify.annotations.Nullable;

/**
 * A known denial, which is valid until the next permit of a window becomes free.
 */
final class Denial {

	private final Quota quota;

	private final List<Outcome> outcomes;

	private final long at;

	private final long validNanos;

	private Denial(Quota quota, List<Outcome> outcomes, long at, long validNanos) {
		this.quota = quota;
		this.outcomes = outcomes;
		this.at = at;
		this.validNanos = validNanos;
	}

	/**
	 * Return the denial of a quota, or null if it need not be remembered.
	 */
	static @Nullable Denial of(Quota quota, List<Outcome> outcomes, long now) {
		long validNanos = Long.MAX_VALUE;
		for (int i = 0; i < outcomes.size(); i++) {
			long resetNanos = outcomes.get(i).resetNanos();
			if (quota.policies().get(i).rate().limit() == 0) {
				return null;
			}
			validNanos = (resetNanos > 0) ? Math.min(validNanos, resetNanos) : validNanos;
		}
		return (validNanos < Long.MAX_VALUE) ? new Denial(quota, outcomes, now, validNanos) : null;
	}

	/**
	 * Return the outcomes of a quota at some time, or null if they must be computed.
	 */
	@Nullable List<Outcome> outcomes(Quota quota, long now) {
		long passed = now - this.at;
		if (passed < 0 || passed >= this.validNanos || quota.cost() != this.quota.cost()
				|| !quota.policies().equals(this.quota.policies())) {
			return null;
		}
		if (this.outcomes.size() == 1) {
			return List.of(later(this.outcomes.get(0), passed));
		}
		return this.outcomes.stream().map((outcome) -> later(outcome, passed)).toList();
	}

	private static Outcome later(Outcome outcome, long passed) {
		long wait = outcome.waitNanos();
		Instant decidedAt = outcome.decidedAt();
		return new Outcome(outcome.isAllowed(), outcome.remaining(),
				(wait > 0 && wait != Outcome.NEVER) ? wait - passed : wait, Math.max(0, outcome.resetNanos() - passed),
				(decidedAt != null) ? decidedAt.plusNanos(passed) : null);
	}

	/**
	 * Return whether the denied request is still waiting for permits. A request that
	 * costs more than a limit does not wait.
	 */
	boolean isWaiting(long now) {
		return now - this.at < this.validNanos
				&& this.outcomes.stream().noneMatch((outcome) -> outcome.waitNanos() == Outcome.NEVER);
	}

}
