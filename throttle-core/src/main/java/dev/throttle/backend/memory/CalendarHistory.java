package dev.throttle.backend.memory;

import java.time.Instant;
import java.util.List;

import dev.throttle.CalendarWindow;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;
import org.jspecify.annotations.Nullable;

/**
 * What a client has used in the present window of the calendar: one number instead of a
 * log. It counts as long as the last recording is not before the window. If the clock
 * goes back behind the last recording, that is taken for one of now, so that nobody is
 * denied beyond the next boundary.
 */
final class CalendarHistory extends History {

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	private static final long NANOS_PER_MICRO = 1_000;

	private long used;

	/** The time of the last recording, if something is used. */
	private long lastNanos;

	CalendarHistory(List<Policy> policies, @Nullable History next) {
		super(policies, next);
	}

	static long nanos(Instant time) {
		return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
	}

	private static long micros(long nanos) {
		return Math.floorDiv(nanos, NANOS_PER_MICRO);
	}

	private CalendarWindow window(long now) {
		return policy().windowAt(micros(now));
	}

	@Override
	boolean isCalendar() {
		return true;
	}

	@Override
	boolean isVoid() {
		return this.used == 0;
	}

	@Override
	void expire(List<Policy> policies, long now, EntryBudget budget) {
		if (isOther(policies)) {
			use(policies);
		}
		expire(now, budget);
	}

	@Override
	void expire(long now, EntryBudget budget) {
		if (isVoid()) {
			return;
		}
		if (now < this.lastNanos) {
			this.lastNanos = now;
			forgetDenial();
		}
		if (micros(this.lastNanos) < window(now).startMicros()) {
			this.used = 0;
			forgetDenial();
		}
	}

	@Override
	long used(int window) {
		return this.used;
	}

	@Override
	long total() {
		return this.used;
	}

	@Override
	void add(long cost, long now, EntryBudget budget) {
		this.used += cost;
		this.lastNanos = now;
	}

	@Override
	Settlement.Result lower(Settlement settlement, long now, EntryBudget budget) {
		if (this.used < settlement.quota().cost() || !window(now).contains(settlement.outcome().recordedAt())) {
			return Settlement.Result.GONE;
		}
		this.used += settlement.difference();
		return Settlement.Result.SETTLED;
	}

	@Override
	long recordedAt() {
		return micros(this.lastNanos);
	}

	@Override
	Instant timeOfDay(long now) {
		return Instant.ofEpochSecond(0, now);
	}

	@Override
	long lengthNanos(int window, long now) {
		return nanosUntilEnd(now);
	}

	@Override
	long nanosUntilFree(int window, long permits, long now) {
		return nanosUntilEnd(now);
	}

	@Override
	long nanosUntilExpired(long now) {
		return isVoid() ? 0 : nanosUntilEnd(now);
	}

	private long nanosUntilEnd(long now) {
		return window(now).endMicros() * NANOS_PER_MICRO - now;
	}

	@Override
	void forget(EntryBudget budget) {
		super.forget(budget);
		this.used = 0;
	}

}
