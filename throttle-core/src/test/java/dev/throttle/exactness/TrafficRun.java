package dev.throttle.exactness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.Sweeping;
import dev.throttle.engine.Decision;
import dev.throttle.engine.Driver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.test.ManualClock;
import dev.throttle.test.MockThrottleRequest;

/**
 * Sends traffic through an engine and a backend, and keeps a log of what was admitted.
 */
final class TrafficRun {

	private final Traffic traffic;

	private final Accounting accounting;

	private final ManualClock clock;

	private final MemoryCacheBackend backend;

	private final ThrottleEngine engine;

	private final ThrottlePlan plan;

	private final Map<List<String>, AdmittedLog> logs = new HashMap<>();

	private final Driver driver;

	private final RateRegistry rates = new RateRegistry(Rates.none());

	/** The time since the clock started: unlike the clock's it never wraps around. */
	private long now;

	TrafficRun(Traffic traffic, Accounting accounting, Driver driver) {
		this.traffic = traffic;
		this.accounting = accounting;
		this.driver = driver;
		this.clock = new ManualClock(traffic.clockStart());
		this.backend = MemoryCacheBackend.builder().clock(this.clock).build();
		this.backend.close();
		this.engine = new ThrottleEngine(accounting, this.rates, SecretIdents.withRandomKey());
		List<ThrottlePlan.Step> steps = new ArrayList<>();
		for (Traffic.Limiter limiter : traffic.throttles()) {
			TrafficThrottle throttle = new TrafficThrottle(steps.size(), limiter);
			steps.add(new ThrottlePlan.Step("throttle" + steps.size(), throttle(throttle), this.backend));
		}
		this.plan = new ThrottlePlan(steps);
		for (int i = 0; i < traffic.rates().size(); i++) {
			change(new Traffic.Change(i, i));
		}
	}

	/**
	 * A throttle that counts answers at once. Where nobody waits it is asked as one that
	 * may block, so that the answer comes later.
	 */
	private BaseThrottle throttle(TrafficThrottle throttle) {
		return (this.driver == Driver.ASYNCHRONOUS) ? throttle::check : throttle;
	}

	private static Scope scope(int place) {
		return Scope.of(TrafficThrottle.scope(place));
	}

	Collection<AdmittedLog> logs() {
		return this.logs.values();
	}

	/**
	 * Move the clock to the next requests, and do what comes before them.
	 */
	void proceedTo(Traffic.Arrival arrival) {
		advance(nanosUntil(arrival));
		if (arrival.change() != null) {
			change(arrival.change());
		}
		if (arrival.swept()) {
			Sweeping.sweep(this.backend);
		}
	}

	private long nanosUntil(Traffic.Arrival arrival) {
		long nanos = arrival.gap().nanos();
		if (arrival.gap().fromNextVoid()) {
			long next = logs().stream()
				.mapToLong((log) -> log.nanosUntilNextVoid(this.now))
				.min()
				.orElse(Long.MAX_VALUE);
			nanos += (next != Long.MAX_VALUE) ? next : 0;
		}
		return Math.max(0, nanos);
	}

	void advance(long nanos) {
		this.now += nanos;
		this.clock.set(this.traffic.clockStart() + this.now);
	}

	private void change(Traffic.Change change) {
		this.rates.update((rates) -> rates.with(scope(change.scope()), this.traffic.rates().get(change.other())));
	}

	/**
	 * Have a request decided.
	 * @return what was answered, and what should have been
	 */
	Answered ask(Traffic.Arrival arrival) {
		List<Asked> asked = asked(arrival);
		ThrottleRequest request = new MockThrottleRequest().withUser("client" + arrival.client())
			.withNativeRequest(arrival);
		Decision decision = this.driver.decide(this.engine, request, this.plan);
		decision.release();
		List<Outcome> expected = new ArrayList<>();
		if (this.accounting == Accounting.ALL_OR_NOTHING) {
			settle(asked, decision, expected);
		}
		else {
			for (int i = 0; i < this.traffic.throttles().size(); i++) {
				int place = i;
				settle(asked.stream().filter((one) -> one.throttle() == place).toList(), decision, expected);
			}
		}
		return new Answered(decision, decision.results().stream().map((result) -> result.outcome()).toList(), expected);
	}

	private List<Asked> asked(Traffic.Arrival arrival) {
		List<Asked> asked = new ArrayList<>();
		for (int i = 0; i < this.traffic.throttles().size(); i++) {
			Traffic.Limiter limiter = this.traffic.throttles().get(i);
			String client = (limiter.ownClients() ? i + "." : "") + arrival.client();
			for (Policy policy : this.rates.rates().policies(scope(limiter.scope()))) {
				AdmittedLog log = this.logs.computeIfAbsent(List.of(client, policy.key()),
						(key) -> new AdmittedLog(policy.rate()));
				asked.add(new Asked(i, log, policy, arrival.costs().get(i)));
			}
		}
		return asked;
	}

	/**
	 * Work out what is to be answered about quotas that are recorded together or not at
	 * all, and log them if they were admitted.
	 */
	private void settle(List<Asked> together, Decision decision, List<Outcome> expected) {
		together.forEach((one) -> one.log().count(one.policy().rate(), this.now));
		List<Outcome> outcomes = new ArrayList<>();
		for (Asked one : together) {
			long cost = together.stream().filter((other) -> other.log() == one.log()).mapToLong(Asked::cost).sum();
			outcomes.add(one.log().expected(cost, this.now));
		}
		boolean admitted = decision.denials()
			.stream()
			.noneMatch((denial) -> together.stream()
				.anyMatch((one) -> this.plan.steps().indexOf(denial.step()) == one.throttle()));
		if (admitted) {
			together.forEach((one) -> one.log().admit(one.cost(), this.now));
		}
		for (int i = 0; i < together.size(); i++) {
			AdmittedLog log = together.get(i).log();
			Outcome outcome = outcomes.get(i);
			expected.add(new Outcome(outcome.isAllowed(), log.remaining(this.now), outcome.waitNanos(),
					log.resetNanos(this.now), null));
		}
	}

	private record Asked(int throttle, AdmittedLog log, Policy policy, long cost) {
	}

	/**
	 * An answer.
	 *
	 * @param decision the decision
	 * @param outcomes what became of the quotas
	 * @param expected what should have become of them
	 */
	record Answered(Decision decision, List<Outcome> outcomes, List<Outcome> expected) {
	}

}
