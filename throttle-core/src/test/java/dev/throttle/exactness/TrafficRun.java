package dev.throttle.exactness;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Scope;
import dev.throttle.ThrottleRequest;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.Policy;
import dev.throttle.backend.Quota;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.backend.memory.Sweeping;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.Driver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.PlainBackend;
import dev.throttle.test.ThrottleClock;

/**
 * Sends traffic through an engine and a backend, and keeps a log of what was admitted.
 */
final class TrafficRun {

	private final Traffic traffic;

	private final Accounting accounting;

	private final ThrottleClock clock;

	private final MemoryCacheBackend backend;

	private final ThrottleEngine engine;

	private final AppliedThrottles throttles;

	private final Map<List<?>, AdmittedLog> logs = new HashMap<>();

	private final Driver driver;

	private final RateRegistry rates = new RateRegistry(Rates.none());

	private final PlainBackend plain;

	TrafficRun(Traffic traffic, Accounting accounting, Driver driver) {
		this.traffic = traffic;
		this.accounting = accounting;
		this.driver = driver;
		this.clock = new ThrottleClock(traffic.clockStart());
		this.plain = new PlainBackend(traffic.clockStart(), this.clock.instant());
		this.backend = MemoryCacheBackend.builder().clock(this.clock).build();
		this.backend.close();
		this.engine = new ThrottleEngine(accounting, this.rates, SecretIdents.withRandomKey());
		List<AppliedThrottles.Step> steps = new ArrayList<>();
		for (Traffic.Limiter limiter : traffic.throttles()) {
			TrafficThrottle throttle = new TrafficThrottle(steps.size(), limiter);
			steps.add(new AppliedThrottles.Step("throttle" + steps.size(), throttle(throttle), this.backend));
		}
		this.throttles = new AppliedThrottles(steps);
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
				.mapToLong((log) -> log.nanosUntilNextVoid(this.plain.now()))
				.min()
				.orElse(Long.MAX_VALUE);
			nanos += (next != Long.MAX_VALUE) ? next : 0;
		}
		return Math.max(0, nanos);
	}

	void advance(long nanos) {
		this.plain.advance(nanos);
		this.clock.setNanos(this.traffic.clockStart() + this.plain.now());
	}

	private void change(Traffic.Change change) {
		this.rates.update((rates) -> rates.with(scope(change.scope()), this.traffic.rates().get(change.other())));
	}

	/**
	 * Have a request decided.
	 * @return what was answered, and what should have been
	 */
	Answered ask(Traffic.Arrival arrival) {
		List<Quota> quotas = new ArrayList<>();
		for (int i = 0; i < this.traffic.throttles().size(); i++) {
			quotas.add(quota(i, arrival));
		}
		List<QuotaGroup> groups = (this.accounting == Accounting.ALL_OR_NOTHING) ? List.of(new QuotaGroup(quotas))
				: quotas.stream().map((quota) -> new QuotaGroup(List.of(quota))).toList();
		List<Outcome> expected = this.plain.decide(groups);
		ThrottleRequest request = new MockThrottleRequest().withUser(user(arrival)).withNativeRequest(arrival);
		Decision decision = this.driver.decide(this.engine, request, this.throttles);
		decision.release();
		for (int i = 0; i < quotas.size(); i++) {
			if (isAdmitted(i, decision)) {
				Quota quota = quotas.get(i);
				this.logs.computeIfAbsent(List.of(quota.client(), quota.historyKey()), (key) -> new AdmittedLog())
					.admit(quota, this.plain.now());
			}
		}
		return new Answered(decision, decision.results().stream().map((result) -> result.outcome()).toList(), expected);
	}

	private Quota quota(int place, Traffic.Arrival arrival) {
		Traffic.Limiter limiter = this.traffic.throttles().get(place);
		Client client = Objects.requireNonNull(TrafficThrottle.client(place, limiter, user(arrival)));
		List<Policy> policies = this.rates.rates().policies(scope(limiter.scope()));
		return new Quota(client, policies, arrival.costs().get(place));
	}

	private static String user(Traffic.Arrival arrival) {
		return "client" + arrival.client();
	}

	private boolean isAdmitted(int place, Decision decision) {
		return (this.accounting == Accounting.ALL_OR_NOTHING) ? decision.isAllowed()
				: decision.denials()
					.stream()
					.noneMatch((denial) -> denial.step().equals(this.throttles.steps().get(place)));
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
