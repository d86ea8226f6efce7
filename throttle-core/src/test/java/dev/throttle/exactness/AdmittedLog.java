package dev.throttle.exactness;

import java.util.ArrayList;
import java.util.List;

import dev.throttle.Rate;
import dev.throttle.backend.Outcome;

/**
 * All that was ever admitted of one client under one policy, in the order in which it
 * came, and what follows from that by counting. Times are those since the clock started.
 */
final class AdmittedLog {

	private final List<Admitted> admitted = new ArrayList<>();

	private final List<RateChange> rateChanges = new ArrayList<>();

	private Rate rate;

	AdmittedLog(Rate rate) {
		this.rate = rate;
	}

	/**
	 * Count by this rate from now on.
	 */
	void count(Rate rate, long now) {
		if (!rate.equals(this.rate)) {
			this.rateChanges.add(new RateChange(now, this.rate));
			this.rate = rate;
		}
	}

	void admit(long cost, long now) {
		this.admitted.add(new Admitted(now, cost));
	}

	/**
	 * Return what is to be answered about a request of some cost.
	 * @param cost the cost, together with that of all that is decided with it
	 * @param now the time
	 */
	Outcome expected(long cost, long now) {
		boolean allowed = used(now) + cost <= this.rate.limit();
		return new Outcome(allowed, remaining(now), allowed ? 0 : waitNanos(cost, now), resetNanos(now), null);
	}

	long remaining(long now) {
		return Math.max(0, this.rate.limit() - used(now));
	}

	/**
	 * Return the time until more permits are free than now.
	 */
	long resetNanos(long now) {
		if (this.rate.limit() == 0) {
			return periodNanos();
		}
		return (used(now) > 0) ? nanosUntilUnused(this.rate.limit() - remaining(now) - 1, now) : 0;
	}

	private long waitNanos(long cost, long now) {
		return (cost <= this.rate.limit()) ? nanosUntilUnused(this.rate.limit() - cost, now) : Outcome.NEVER;
	}

	/**
	 * Return the time until at most some permits are used.
	 */
	private long nanosUntilUnused(long permits, long now) {
		long used = used(now);
		for (Admitted one : this.admitted) {
			used -= isVoid(one, now) ? 0 : one.cost();
			if (used <= permits) {
				return one.at() + periodNanos() - now;
			}
		}
		throw new IllegalStateException();
	}

	/**
	 * Return the time until the next that is not void will be, the largest long where
	 * there is none.
	 */
	long nanosUntilNextVoid(long now) {
		return this.admitted.stream()
			.filter((one) -> !isVoid(one, now))
			.mapToLong((one) -> one.at() + periodNanos() - now)
			.min()
			.orElse(Long.MAX_VALUE);
	}

	private long used(long now) {
		long used = 0;
		for (Admitted one : this.admitted) {
			used += isVoid(one, now) ? 0 : one.cost();
		}
		return used;
	}

	/**
	 * It is void by the present rate, or was when an earlier one was given up.
	 */
	private boolean isVoid(Admitted one, long now) {
		if (now - one.at() >= periodNanos()) {
			return true;
		}
		for (RateChange change : this.rateChanges) {
			if (change.at() - one.at() >= change.before().period().toNanos()) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Return the largest cost in any window of one period, whatever was void when.
	 */
	long mostInAnyWindow() {
		long most = 0;
		for (Admitted last : this.admitted) {
			long sum = 0;
			for (Admitted one : this.admitted) {
				sum += (one.at() <= last.at() && last.at() - one.at() < periodNanos()) ? one.cost() : 0;
			}
			most = Math.max(most, sum);
		}
		return most;
	}

	long limit() {
		return this.rate.limit();
	}

	int size() {
		return this.admitted.size();
	}

	private long periodNanos() {
		return this.rate.period().toNanos();
	}

	private record Admitted(long at, long cost) {
	}

	private record RateChange(long at, Rate before) {
	}

}
