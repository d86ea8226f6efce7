package dev.throttle.test.store;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.throttle.CalendarUnit;
import dev.throttle.CalendarWindow;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Outcome.DecidedBy;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;

/**
 * Random requests of a few clients under a few scopes, and settlements of what was
 * recorded, in any order, while rates and their order change and the clock is set; and
 * what a {@link PlainHistory} answers to them.
 */
public abstract class RandomRequests {

	private static final List<ZoneId> ZONES = Stream
		.of("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe")
		.map(ZoneId::of)
		.toList();

	/** Long enough that no key expires before the time that is passed in. */
	private static final List<Integer> PERIODS = List.of(10, 11, 20, 30, 60, 600, 86_400);

	protected final long seed;

	protected final Random random;

	private final Map<List<?>, PlainHistory> histories = new HashMap<>();

	private final Map<String, List<Rate>> rates = new HashMap<>();

	private final Map<Scope, Rate> calendarRates = new HashMap<>();

	private final ZoneId zone;

	/** What can be settled. */
	private final List<Settlement> reserved = new ArrayList<>();

	private final List<Duration> periods;

	private final int maxLimit;

	private final long paceMicros;

	private final boolean clockGoesBack;

	private final int settleOneIn;

	protected long now = 1_700_000_000_000_000L;

	protected RandomRequests(long seed) {
		this.seed = seed;
		this.random = new Random(seed);
		List<Integer> seconds = new ArrayList<>(PERIODS);
		Collections.shuffle(seconds, this.random);
		this.periods = seconds.stream()
			.limit(2 + this.random.nextInt(5))
			.map((each) -> Duration.ofSeconds(each).plusNanos(1000 * this.random.nextInt(2)))
			.toList();
		this.maxLimit = any(List.of(3, 10, 40, 200));
		this.paceMicros = any(List.of(10_000L, 100_000L, 1_000_000L, 5_000_000L));
		this.clockGoesBack = oneIn(2);
		this.settleOneIn = any(List.of(1, 2, 10));
		this.zone = any(ZONES);
	}

	protected final void pass() {
		int chance = this.random.nextInt(100);
		if (chance < 60) {
			this.now += this.random.nextInt((int) this.paceMicros);
		}
		else if (chance < 65) {
			this.now += this.random.nextInt(4 * (int) this.paceMicros);
		}
		else if (chance < 67) {
			this.now += any(this.periods).toNanos() / 1000 + this.random.nextInt(3) - 1;
		}
		else if (chance < 69) {
			CalendarWindow hour = CalendarUnit.HOUR.windowAt(Instant.EPOCH.plusNanos(this.now * 1000), this.zone);
			this.now = hour.endMicros() - this.random.nextInt(3);
		}
		else if (chance < 71 && this.clockGoesBack) {
			this.now -= oneIn(2) ? this.random.nextInt(4) : any(this.periods).toNanos() / 1000;
		}
	}

	/**
	 * Return whether something is to be settled now.
	 */
	protected final boolean mustSettle() {
		return !this.reserved.isEmpty() && oneIn(this.settleOneIn);
	}

	/**
	 * Return some of what was recorded, which is then settled.
	 */
	protected final List<Settlement> settlements() {
		List<Settlement> all = new ArrayList<>();
		for (int i = this.random.nextInt(3); i >= 0 && !this.reserved.isEmpty(); i--) {
			all.add(this.reserved.remove(this.reserved.size() - 1 - nearTheEnd()));
		}
		return all;
	}

	private int nearTheEnd() {
		return this.random.nextInt(oneIn(4) ? this.reserved.size() : Math.min(10, this.reserved.size()));
	}

	protected final List<Outcome> expect(List<QuotaGroup> groups, boolean record) {
		List<Outcome> outcomes = new ArrayList<>();
		boolean denied = false;
		for (QuotaGroup group : groups) {
			boolean room = expect(group, record && !(group.isShadow() && denied), outcomes);
			denied |= !room && !group.isShadow();
		}
		return outcomes;
	}

	/**
	 * Use the histories of a group.
	 * @return the cost by history
	 */
	protected final Map<PlainHistory, Long> use(QuotaGroup group) {
		Map<PlainHistory, List<Policy>> policies = new LinkedHashMap<>();
		Map<PlainHistory, Long> costs = new LinkedHashMap<>();
		for (Quota quota : group.quotas()) {
			costs.merge(history(quota), Math.min(quota.cost(), Rate.MAX_LIMIT + 1), Long::sum);
			policies.computeIfAbsent(history(quota), (history) -> new ArrayList<>()).addAll(quota.policies());
		}
		policies.forEach((history, used) -> history.use(used, this.now));
		return costs;
	}

	private boolean expect(QuotaGroup group, boolean record, List<Outcome> outcomes) {
		Map<PlainHistory, Long> costs = use(group);
		boolean room = group.quotas()
			.stream()
			.allMatch((quota) -> quota.policies()
				.stream()
				.allMatch((policy) -> history(quota).hasRoom(policy, costs.get(history(quota)))));
		boolean recorded = room && record;
		if (recorded) {
			group.quotas().forEach((quota) -> history(quota).add(quota.cost()));
			Outcome outcome = new Outcome(true, 0, 0, 0, null, DecidedBy.BACKEND, this.now);
			group.quotas().forEach((quota) -> this.reserved.add(new Settlement(quota, outcome, trueCost(quota))));
		}
		for (Quota quota : group.quotas()) {
			PlainHistory history = history(quota);
			long cost = recorded ? 0 : costs.get(history);
			quota.policies().forEach((policy) -> outcomes.add(history.outcome(policy, cost)));
		}
		if (!recorded) {
			undo(group, record, costs);
		}
		return room;
	}

	/**
	 * Called when a group was not recorded, in case that the store forgets that its rates
	 * were used.
	 * @param costs the cost by history
	 */
	protected void undo(QuotaGroup group, boolean record, Map<PlainHistory, Long> costs) {
	}

	protected final PlainHistory history(Quota quota) {
		return this.histories.computeIfAbsent(List.of(quota.client(), quota.historyKey()),
				(key) -> quota.policies().get(0).isCalendar() ? new PlainCounter() : new PlainLog());
	}

	@Override
	public String toString() {
		return "seed " + this.seed + " at " + this.now;
	}

	protected final List<QuotaGroup> groups() {
		return oneIn(4) ? some(3, () -> group(oneIn(4))) : List.of(group(oneIn(4)));
	}

	protected final QuotaGroup group(boolean shadow) {
		return new QuotaGroup(oneIn(3) ? some(4, () -> quota(shadow)) : List.of(quota(shadow)), shadow);
	}

	private Quota quota(boolean shadow) {
		Scope scope = Scope.of("scope" + this.random.nextInt(2));
		Client client = Client.user("seed" + this.seed + "-" + this.random.nextInt(2));
		if (oneIn(3)) {
			return calendarQuota(client, scope, shadow);
		}
		String key = (shadow ? "~" : "") + scope.key();
		if (oneIn(60)) {
			this.rates.put(key, rates());
		}
		List<Rate> inForce = oneIn(50) ? rates() : this.rates.computeIfAbsent(key, (absent) -> rates());
		Stream<Policy> policies = Policy.ofScope(scope, inForce).stream();
		return new Quota(client, (shadow ? policies.map(Policy::asShadow) : policies).toList(), cost());
	}

	private Quota calendarQuota(Client client, Scope scope, boolean shadow) {
		Rate rate = this.calendarRates.get(scope);
		if (rate == null || oneIn(60)) {
			rate = new Rate(limit(), any(List.of(CalendarUnit.HOUR, CalendarUnit.DAY, CalendarUnit.MONTH)));
			this.calendarRates.put(scope, rate);
		}
		ZoneId zone = oneIn(50) ? any(ZONES) : this.zone;
		Policy policy = Policy.ofScope(scope, List.of(rate), zone, null).get(0);
		return new Quota(client, shadow ? policy.asShadow() : policy, cost());
	}

	private long cost() {
		return oneIn(300) ? Long.MAX_VALUE : oneIn(5) ? 1 + this.random.nextInt(this.maxLimit) : 1;
	}

	private long trueCost(Quota quota) {
		return oneIn(3) ? 0 : oneIn(300) ? Rate.MAX_LIMIT : this.random.nextInt(2 * (int) quota.cost() + 1);
	}

	private List<Rate> rates() {
		List<Duration> some = new ArrayList<>(this.periods);
		Collections.shuffle(some, this.random);
		return some.stream()
			.limit(1 + this.random.nextInt(oneIn(4) ? some.size() : 2))
			.map((period) -> new Rate(limit(), period))
			.toList();
	}

	private long limit() {
		return switch (this.random.nextInt(40)) {
			case 0 -> 0;
			case 1 -> Rate.MAX_LIMIT;
			default -> 1 + this.random.nextInt(this.maxLimit);
		};
	}

	protected final boolean oneIn(int times) {
		return this.random.nextInt(times) == 0;
	}

	private <T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	protected final <T> List<T> some(int max, Supplier<T> supplier) {
		return IntStream.rangeClosed(0, this.random.nextInt(max)).mapToObj((i) -> supplier.get()).toList();
	}

}
