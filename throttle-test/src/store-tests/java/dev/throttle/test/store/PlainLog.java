package dev.throttle.test.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Settlement;

/**
 * A history as a list of entries, from which every answer is worked out by walking it.
 * Its clock is set ahead if that of the server goes back behind the newest entry.
 */
public final class PlainLog implements PlainHistory {

	private List<Entry> entries = new ArrayList<>();

	private long keptMicros;

	private long retainedUntil;

	private long lastMicros;

	private long ahead;

	private long now;

	private long server;

	private State before = new State(List.of(), 0, 0, 0, 0);

	private boolean changed;

	@Override
	public void use(List<Policy> policies, long server) {
		use(policies.stream().mapToLong(PlainLog::micros).max().orElseThrow(), server);
	}

	/**
	 * Drop entries for good, as rates are used now.
	 * @param longestMicros the longest period of the rates
	 * @param server the server's time in microseconds
	 */
	public void use(long longestMicros, long server) {
		this.before = new State(this.entries, this.keptMicros, this.retainedUntil, this.lastMicros, this.ahead);
		this.server = server;
		if (!this.entries.isEmpty()) {
			this.ahead = Math.max(this.ahead, this.entries.get(this.entries.size() - 1).at - server);
			this.now = server + this.ahead;
			if (this.retainedUntil > 0 && this.now >= this.retainedUntil) {
				this.keptMicros = this.lastMicros;
				this.retainedUntil = 0;
			}
			this.entries = live(this.keptMicros);
		}
		if (this.entries.isEmpty()) {
			this.entries = new ArrayList<>();
			this.ahead = 0;
			this.now = server;
		}
		this.changed = !this.entries.isEmpty() && (this.ahead != this.before.ahead || longestMicros != this.lastMicros
				|| longestMicros == this.keptMicros && this.retainedUntil > 0);
		if (this.entries.isEmpty() || longestMicros >= this.keptMicros) {
			this.keptMicros = longestMicros;
			this.retainedUntil = 0;
		}
		else if (longestMicros < this.lastMicros) {
			this.retainedUntil = Math.max(this.retainedUntil, this.now + this.lastMicros);
		}
		this.lastMicros = longestMicros;
	}

	/**
	 * What has expired is forgotten for good only if there is something to write.
	 */
	@Override
	public void undo() {
		if (!this.changed) {
			this.entries = this.before.entries;
			this.keptMicros = this.before.keptMicros;
			this.retainedUntil = this.before.retainedUntil;
			this.lastMicros = this.before.lastMicros;
			this.ahead = this.before.ahead;
		}
	}

	@Override
	public void add(long cost) {
		this.entries.add(new Entry(this.now, cost));
	}

	/**
	 * Give permits back.
	 * @param recordedAt the server's time when they were recorded
	 * @param server the server's time
	 */
	public Settlement.Result lower(long recordedAt, long permits, long server) {
		long instant = recordedAt + this.ahead;
		long left = permits;
		for (int i = this.entries.size() - 1; i >= 0 && isKept(instant, server); i--) {
			Entry entry = this.entries.get(i);
			if (entry.at > instant && this.entries.size() - i > Settlement.MAX_LATER_ENTRIES) {
				return Settlement.Result.STANDS;
			}
			if (entry.at == instant) {
				long taken = Math.min(left, entry.cost);
				left -= taken;
				this.entries.set(i, new Entry(instant, entry.cost - taken));
			}
		}
		this.entries.removeIf((entry) -> entry.cost == 0);
		return (left < permits) ? Settlement.Result.SETTLED : Settlement.Result.GONE;
	}

	private boolean isKept(long instant, long server) {
		long time = Math.max(server + this.ahead, this.entries.get(this.entries.size() - 1).at);
		boolean over = this.retainedUntil > 0 && time >= this.retainedUntil;
		return time - instant < (over ? this.lastMicros : this.keptMicros);
	}

	@Override
	public Settlement.Result lower(Settlement settlement, long server) {
		return lower(settlement.outcome().recordedAt(), -settlement.difference(), server);
	}

	@Override
	public void raise(Settlement settlement, long server) {
		use(this.lastMicros, server);
		if (this.entries.isEmpty()) {
			use(settlement.quota().policies(), server);
		}
		add(settlement.difference());
	}

	@Override
	public boolean hasRoom(Policy policy, long cost) {
		return cost <= policy.rate().limit() - used(policy);
	}

	@Override
	public Outcome outcome(Policy policy, long cost) {
		boolean room = hasRoom(policy, cost);
		long free = policy.rate().limit() - used(policy);
		return new Outcome(room, Math.max(0, free), room ? 0 : waitNanos(policy, cost, free), resetNanos(policy, free),
				Instant.EPOCH.plusNanos(this.server * 1000), DecidedBy.BACKEND,
				(cost == 0) ? this.server : Outcome.NOT_RECORDED);
	}

	private long waitNanos(Policy policy, long cost, long free) {
		return (cost > policy.rate().limit()) ? Outcome.NEVER : nanosUntilFree(policy, cost - free);
	}

	private long resetNanos(Policy policy, long free) {
		if (policy.rate().limit() == 0) {
			return policy.periodNanos();
		}
		return (used(policy) > 0) ? nanosUntilFree(policy, Math.max(1, 1 - free)) : 0;
	}

	private long nanosUntilFree(Policy policy, long permits) {
		long freed = 0;
		for (Entry entry : live(micros(policy))) {
			freed += entry.cost;
			if (freed >= permits) {
				return (entry.at + micros(policy) - this.now) * 1000;
			}
		}
		throw new IllegalStateException(permits + " permits are never free under " + policy);
	}

	private long used(Policy policy) {
		long used = 0;
		for (Entry entry : this.entries) {
			used += isLive(entry, micros(policy)) ? entry.cost : 0;
		}
		return used;
	}

	private List<Entry> live(long periodMicros) {
		List<Entry> live = new ArrayList<>(this.entries);
		live.removeIf((entry) -> !isLive(entry, periodMicros));
		return live;
	}

	private boolean isLive(Entry entry, long periodMicros) {
		return this.now - entry.at < periodMicros;
	}

	public static long micros(Policy policy) {
		return policy.periodNanos() / 1000;
	}

	private record State(List<Entry> entries, long keptMicros, long retainedUntil, long lastMicros, long ahead) {
	}

	private record Entry(long at, long cost) {
	}

}
