package dev.throttle.test;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.throttle.CalendarWindow;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * What a client has used in the present window of a calendar rate: a sum, and when it was
 * last added to. It follows the contract of such a history as plainly as possible.
 */
final class PlainCounter {

	private long used;

	private Instant last = Instant.MIN;

	/**
	 * Forget what was used before the window that contains a time. If the clock was set
	 * back, what is counted was used now.
	 */
	void use(Policy policy, Instant now) {
		this.last = this.last.isAfter(now) ? now : this.last;
		if (this.last.isBefore(Instant.EPOCH.plus(window(policy, now).start(), ChronoUnit.MICROS))) {
			this.used = 0;
		}
	}

	void add(long cost, Instant now) {
		this.used += cost;
		this.last = now;
	}

	/**
	 * Settle what was recorded.
	 */
	Settlement.Result settle(Settlement settlement, Instant now) {
		Policy policy = settlement.quota().policies().get(0);
		use(policy, now);
		long difference = settlement.difference();
		if (difference > 0) {
			add(difference, now);
		}
		else if (difference < 0) {
			boolean counts = window(policy, now).contains(settlement.outcome().recordedAt())
					&& this.used >= settlement.quota().cost();
			if (!counts) {
				return Settlement.Result.GONE;
			}
			this.used += difference;
		}
		return Settlement.Result.SETTLED;
	}

	boolean hasRoom(Policy policy, long cost) {
		return cost <= policy.rate().limit() - this.used;
	}

	/**
	 * Return the outcome of a request.
	 * @param cost what the request still has to pay: 0 if it has been added
	 */
	Outcome outcome(Policy policy, long cost, Instant now) {
		long limit = policy.rate().limit();
		boolean room = hasRoom(policy, cost);
		long untilEnd = ChronoUnit.NANOS.between(now, Instant.EPOCH.plus(window(policy, now).end(), ChronoUnit.MICROS));
		long wait = (cost <= limit) ? untilEnd : Outcome.NEVER;
		return new Outcome(room, Math.max(0, limit - this.used), room ? 0 : wait,
				(this.used > 0 || limit == 0) ? untilEnd : 0, now);
	}

	private static CalendarWindow window(Policy policy, Instant now) {
		return policy.windowAt(micros(now));
	}

	static long micros(Instant time) {
		return Math.floorDiv(ChronoUnit.NANOS.between(Instant.EPOCH, time), 1000);
	}

}
