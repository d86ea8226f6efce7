package dev.throttle.test.store;

import java.time.Instant;
import java.util.List;

import dev.throttle.CalendarWindow;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * What was used of a calendar quota, and when it was last added to.
 */
public final class PlainCounter implements PlainHistory {

	private static final long MOST = (1L << 52) - 1;

	private long used;

	private long last;

	private long now;

	private CalendarWindow window = new CalendarWindow(0, 0);

	@Override
	public void use(List<Policy> policies, long server) {
		this.now = server;
		this.last = Math.min(this.last, server);
		this.window = policies.get(0).windowAt(server);
	}

	@Override
	public void add(long cost) {
		this.used = Math.min(used() + cost, MOST);
		this.last = this.now;
	}

	@Override
	public Settlement.Result lower(Settlement settlement, long server) {
		CalendarWindow recorded = settlement.quota().policies().get(0).windowAt(settlement.outcome().recordedAt());
		if (!recorded.contains(server) || this.last < recorded.startMicros() || this.used < settlement.quota().cost()) {
			return Settlement.Result.GONE;
		}
		this.used += settlement.difference();
		return Settlement.Result.SETTLED;
	}

	@Override
	public void raise(Settlement settlement, long server) {
		use(settlement.quota().policies(), server);
		add(settlement.difference());
	}

	private long used() {
		return (this.last >= this.window.startMicros()) ? this.used : 0;
	}

	@Override
	public boolean hasRoom(Policy policy, long cost) {
		return cost <= policy.rate().limit() - used();
	}

	@Override
	public Outcome outcome(Policy policy, long cost) {
		long limit = policy.rate().limit();
		boolean room = hasRoom(policy, cost);
		long left = 1000 * (this.window.endMicros() - this.now);
		return new Outcome(room, Math.max(0, limit - used()), room ? 0 : (cost > limit) ? Outcome.NEVER : left,
				(used() > 0 || limit == 0) ? left : 0, Instant.EPOCH.plusNanos(this.now * 1000), DecidedBy.BACKEND,
				(cost == 0) ? this.now : Outcome.NOT_RECORDED);
	}

}
