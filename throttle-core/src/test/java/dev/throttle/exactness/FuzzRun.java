package dev.throttle.exactness;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.Sweeping;
import dev.throttle.test.PlainBackend;
import dev.throttle.test.ThrottleClock;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random requests to a backend, whose answers are compared with those of plain histories.
 */
final class FuzzRun {

	/** More than the longest time between two checks for expired entries. */
	private static final long SWEEP_NANOS = 20_000_000_000L;

	private static final int STEPS_SHOWN = 12;

	private final long seed;

	private final Settled settled;

	private final FuzzTraffic traffic;

	private final ThrottleClock clock;

	private final MemoryCacheBackend backend;

	private final boolean exact;

	private final PlainBackend plain;

	/** What is recorded and not settled. */
	private final List<Recorded> open = new ArrayList<>();

	/** All that was ever recorded, of the costs that are known by now. */
	private final Map<List<?>, AdmittedLog> logs = new HashMap<>();

	private boolean heldToRates;

	/** The last steps. */
	private final Deque<Step> steps = new ArrayDeque<>();

	FuzzRun(long seed, Settled settled) {
		this(seed, settled, MemoryCacheBackend.builder(), true);
	}

	/**
	 * Create requests.
	 * @param exact whether the backend has room for all that is recorded
	 */
	FuzzRun(long seed, Settled settled, MemoryCacheBackend.Builder builder, boolean exact) {
		this.seed = seed;
		this.settled = settled;
		this.traffic = new FuzzTraffic(seed);
		this.clock = new ThrottleClock(this.traffic.clockStart());
		this.clock.set(this.traffic.timeOfDay());
		this.backend = builder.clock(this.clock).build();
		this.backend.close();
		this.exact = exact;
		this.plain = new PlainBackend(this.clock.nanos(), this.clock.instant());
	}

	/**
	 * Send requests while rates change and histories are reset.
	 */
	void sendWhileRatesChange(int requests) {
		send(requests, () -> {
			this.traffic.changeRates();
			if (this.traffic.oneIn(100)) {
				changeCalendar();
			}
			if (this.traffic.oneIn(150)) {
				reset(this.traffic.client(), this.traffic.scope());
			}
			else {
				request();
			}
		});
	}

	/**
	 * Send requests under the same rates, and hold each admission to them.
	 */
	void send(int requests) {
		this.heldToRates = this.exact;
		send(requests, this::request);
	}

	/**
	 * Send requests under the same rates, and often wait as told.
	 */
	void sendAndWait(int requests) {
		send(requests, () -> {
			Quota quota = this.traffic.quota(this.traffic.oneIn(4));
			long wait = wait(decide(quota));
			if (wait > 0 && wait != Outcome.NEVER && this.traffic.oneIn(4)) {
				advance(wait - 1);
				assertThat(wait(decide(quota))).isEqualTo(1);
				settleSome();
				advance(1);
				assertThat(wait(decide(quota))).isZero();
			}
		});
	}

	private static long wait(List<Outcome> outcomes) {
		return outcomes.stream().mapToLong(Outcome::waitNanos).max().orElseThrow();
	}

	private void send(int requests, Runnable request) {
		try {
			for (int i = 0; i < requests; i++) {
				advance(this.traffic.pauseNanos());
				request.run();
				settleSome();
				if (this.traffic.oneIn(50)) {
					Sweeping.sweep(this.backend);
				}
			}
			advance(3 * this.traffic.longestPeriodNanos() + SWEEP_NANOS);
			set(this.clock.instant().plus(FuzzTraffic.LONGEST_CALENDAR));
			Sweeping.sweep(this.backend);
			assertThat(this.backend.statistics().clients()).isZero();
			assertThat(this.backend.statistics().entries()).isZero();
		}
		catch (RuntimeException | AssertionError ex) {
			String steps = this.steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
			throw new AssertionError(ex.getMessage() + "\nSeed " + this.seed + ", last steps:\n" + steps, ex);
		}
	}

	private void advance(long nanos) {
		this.plain.advance(nanos);
		this.clock.setNanos(this.clock.nanos() + nanos);
	}

	/**
	 * Change the time of day, or a zone. Before and after it, both backends look at the
	 * windows of the calendar, because it would make a difference when they do.
	 */
	private void changeCalendar() {
		peekAtCalendars();
		if (this.traffic.oneIn(2)) {
			set(this.traffic.timeOfDayNear(this.clock.instant()));
		}
		else {
			this.open.removeIf((one) -> one.quota().policies().get(0).isCalendar());
			this.traffic.changeZone();
		}
		peekAtCalendars();
	}

	private void peekAtCalendars() {
		for (Quota quota : this.traffic.calendars()) {
			QuotaGroup group = new QuotaGroup(List.of(quota));
			compare("peek", group, (backend) -> backend.peek(group));
		}
	}

	private void set(Instant timeOfDay) {
		this.plain.set(timeOfDay);
		this.clock.set(timeOfDay);
	}

	private void request() {
		if (this.traffic.oneIn(3)) {
			decide(this.traffic.quota(this.traffic.oneIn(4)));
		}
		else if (this.traffic.oneIn(4)) {
			QuotaGroup group = this.traffic.group();
			compare("peek", group, (backend) -> backend.peek(group));
		}
		else {
			List<QuotaGroup> groups = this.traffic.groups();
			List<Outcome> outcomes = compare("decide", groups, (backend) -> backend.decide(groups));
			recorded(groups.stream().flatMap((group) -> group.quotas().stream()).toList(), outcomes);
		}
	}

	private List<Outcome> decide(Quota quota) {
		List<Outcome> outcomes = compare("decide", quota, (backend) -> backend.decide(quota));
		recorded(List.of(quota), outcomes);
		return outcomes;
	}

	private void reset(Client client, Scope scope) {
		compare("reset", client + " " + scope, (backend) -> {
			backend.reset(client, scope);
			return List.of();
		});
	}

	private void recorded(List<Quota> quotas, List<Outcome> outcomes) {
		int before = this.open.size();
		int next = 0;
		for (Quota quota : quotas) {
			Outcome outcome = outcomes.get(next);
			if (outcome.isRecorded()) {
				this.open.add(new Recorded(quota, outcome, log(quota).admit(quota, this.plain.now(quota))));
			}
			next += quota.policies().size();
		}
		outcomes.forEach(FuzzRun::assertPlausible);
		if (this.heldToRates) {
			this.open.subList(before, this.open.size()).forEach((one) -> assertWithinRates(one.quota()));
		}
	}

	/**
	 * True costs, reservations that are open and debts together are within every rate.
	 */
	private void assertWithinRates(Quota quota) {
		for (Policy policy : quota.policies()) {
			assertThat(log(quota).used(policy, this.plain.now(quota))).isLessThanOrEqualTo(policy.rate().limit());
		}
	}

	private static void assertPlausible(Outcome outcome) {
		assertThat(outcome.remaining()).isNotNegative();
		assertThat(outcome.resetNanos()).isNotNegative();
		assertThat(outcome.waitNanos() > 0).isNotEqualTo(outcome.isAllowed());
	}

	private AdmittedLog log(Quota quota) {
		return this.logs.computeIfAbsent(List.of(quota.client(), quota.historyKey()), (key) -> new AdmittedLog());
	}

	private void settleSome() {
		if (this.settled == Settled.NOT || this.open.isEmpty() || !this.traffic.oneIn(2)) {
			return;
		}
		List<Settlement> settlements = new ArrayList<>();
		do {
			Recorded one = this.traffic.removeAny(this.open);
			long cost = this.traffic.trueCost(one.quota().cost(), this.settled == Settled.UP_AND_DOWN);
			settlements.add(new Settlement(one.quota(), one.outcome(), cost));
			settle(one, cost);
		}
		while (!this.open.isEmpty() && this.traffic.oneIn(2));
		compare("settle", settlements, (backend) -> backend.settle(settlements));
	}

	private void settle(Recorded one, long cost) {
		long debt = cost - one.quota().cost();
		if (debt > 0) {
			log(one.quota()).add(debt, this.plain.now(one.quota()));
		}
		else {
			one.admitted().settle(cost);
		}
	}

	private <T> List<T> compare(String call, Object argument, Function<CacheBackend, List<T>> answer) {
		if (this.steps.size() == STEPS_SHOWN) {
			this.steps.remove();
		}
		List<T> expected = answer.apply(this.plain);
		this.steps.add(new Step(this.plain.now(), this.clock.instant(), call, argument, expected));
		List<T> answered = answer.apply(this.backend);
		if (this.exact) {
			assertThat(answered).isEqualTo(expected);
		}
		return answered;
	}

	/**
	 * Which reservations are settled.
	 */
	enum Settled {

		NOT, DOWN, UP_AND_DOWN

	}

	private record Recorded(Quota quota, Outcome outcome, AdmittedLog.Admitted admitted) {
	}

	private record Step(long at, Instant timeOfDay, String call, Object argument, List<?> expected) {

		@Override
		public String toString() {
			return "at " + this.at + ", " + this.timeOfDay + " " + this.call + " " + this.argument + " -> "
					+ this.expected;
		}

	}

}
