package dev.throttle.test;

import java.time.Instant;
import java.util.List;

import dev.throttle.CalendarWindow;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * What a client has used in the present window of a calendar rate: a sum, and when it was
 * last added to. Times are since the epoch.
 */
final class PlainCounter implements PlainHistory {

	private long used;

	private long last;

	private List<Policy> policies = List.of();

	@Override
	public void use(List<Policy> policies, long now) {
		this.policies = policies;
		this.last = Math.min(this.last, now);
		if (micros(this.last) < window(policies.get(0), now).startMicros()) {
			this.used = 0;
		}
	}

	@Override
	public void add(long cost, long now) {
		this.used += cost;
		this.last = now;
	}

	@Override
	public Settlement.Result settle(Settlement settlement, long at, long now) {
		long difference = settlement.difference();
		if (difference != 0) {
			use((this.used > 0) ? this.policies : settlement.quota().policies(), now);
		}
		if (difference > 0) {
			add(difference, now);
		}
		else if (difference < 0) {
			if (this.used < settlement.quota().cost() || !window(this.policies.get(0), now).contains(micros(at))) {
				return Settlement.Result.GONE;
			}
			this.used += difference;
		}
		return Settlement.Result.SETTLED;
	}

	@Override
	public boolean hasRoom(List<Policy> policies, long cost, long now) {
		return cost <= policies.get(0).rate().limit() - this.used;
	}

	@Override
	public Outcome outcome(Policy policy, long cost, long now) {
		long limit = policy.rate().limit();
		boolean room = hasRoom(List.of(policy), cost, now);
		long untilEnd = window(policy, now).endMicros() * 1000 - now;
		long wait = (cost <= limit) ? untilEnd : Outcome.NEVER;
		return new Outcome(room, Math.max(0, limit - this.used), room ? 0 : wait,
				(this.used > 0 || limit == 0) ? untilEnd : 0, Instant.ofEpochSecond(0, now));
	}

	private static CalendarWindow window(Policy policy, long now) {
		return policy.windowAt(micros(now));
	}

	static long micros(long nanos) {
		return Math.floorDiv(nanos, 1000);
	}

	static long nanos(Instant time) {
		return time.getEpochSecond() * 1_000_000_000 + time.getNano();
	}

}
