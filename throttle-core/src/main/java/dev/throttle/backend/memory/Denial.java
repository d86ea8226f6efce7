package dev.throttle.backend.memory;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import org.jspecify.annotations.Nullable;

/**
 * A known denial, which is valid until the oldest entry of its history expires.
 */
final class Denial {

	private final Policy policy;

	private final long cost;

	private final long remaining;

	private final long at;

	private final long waitNanos;

	private final long resetNanos;

	Denial(Policy policy, long cost, long remaining, long at, long waitNanos, long resetNanos) {
		this.policy = policy;
		this.cost = cost;
		this.remaining = remaining;
		this.at = at;
		this.waitNanos = waitNanos;
		this.resetNanos = resetNanos;
	}

	/**
	 * Return the outcome of a quota at some time, or null if it must be computed.
	 */
	@Nullable Outcome outcome(Quota quota, long now) {
		long passed = now - this.at;
		if (passed >= this.resetNanos || quota.cost() != this.cost || !quota.policy().equals(this.policy)) {
			return null;
		}
		long wait = (this.waitNanos != Outcome.NEVER) ? this.waitNanos - passed : Outcome.NEVER;
		return new Outcome(false, this.remaining, wait, this.resetNanos - passed, null);
	}

	/**
	 * Return whether the denied request is still waiting for permits. A request that
	 * costs more than the limit does not wait.
	 */
	boolean isWaiting(long now) {
		return this.waitNanos != Outcome.NEVER && now - this.at < this.resetNanos;
	}

}
