package dev.throttle.drf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

import dev.throttle.Accounting;
import dev.throttle.AnonRateThrottle;
import dev.throttle.BaseThrottle;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.ThrottledException;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.Decision;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.test.ManualClock;
import org.jspecify.annotations.Nullable;

/**
 * Has the requests of a scenario answered by the real throttles, engine and backend.
 */
final class Replay {

	private final Scenario scenario;

	private final ClientAddresses addresses;

	private final ManualClock clock = new ManualClock();

	private final ThrottleEngine engine;

	private final ThrottlePlan plan;

	private Rates rates = Rates.none();

	Replay(Scenario scenario, Accounting accounting) {
		this.scenario = scenario;
		this.addresses = ClientAddresses.behind(scenario.numProxies());
		this.engine = new ThrottleEngine(accounting, SecretIdents.withRandomKey());
		this.plan = plan(scenario, this.clock);
		change(scenario.rates());
	}

	private static ThrottlePlan plan(Scenario scenario, ManualClock clock) {
		MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(clock).build();
		// No sweeping in the background: a scenario may take the time back
		backend.close();
		List<ThrottlePlan.Step> steps = new ArrayList<>();
		for (Scenario.Throttle throttle : scenario.throttles()) {
			steps.add(new ThrottlePlan.Step(throttle.type(), throttle(throttle), backend));
		}
		return new ThrottlePlan(steps);
	}

	private static BaseThrottle throttle(Scenario.Throttle throttle) {
		String scope = throttle.scope();
		return switch (throttle.type()) {
			case "anon" -> (scope != null) ? new AnonRateThrottle(scope) : new AnonRateThrottle();
			case "user" -> (scope != null) ? new UserRateThrottle(scope) : new UserRateThrottle();
			case "scoped" -> new ScopedRateThrottle();
			default -> throw new IllegalArgumentException("Not a throttle: " + throttle);
		};
	}

	private void change(Map<String, @Nullable String> changed) {
		changed.forEach(
				(scope, rate) -> this.rates = this.rates.with(scope, (rate != null) ? Rate.parseAll(rate) : List.of()));
	}

	Answer answer(Scenario.Step step) {
		change(step.changedRates());
		this.clock.set(step.atNanos());
		String address = this.addresses.resolve(step.remoteAddr(), step.xForwardedFor());
		Decision decision = this.engine
			.decide(new ReplayedRequest(address, step.user(), this.scenario.viewScope(step), this.rates), this.plan);
		decision.release();
		return answer(decision);
	}

	private Answer answer(Decision decision) {
		SortedMap<Integer, Long> waits = new TreeMap<>();
		for (Decision.Denial denial : decision.denials()) {
			Duration wait = denial.retryAfter();
			waits.put(denial.throttle(), (wait != null) ? wait.toNanos() : Outcome.NEVER);
		}
		List<@Nullable Long> waitsByThrottle = new ArrayList<>();
		for (int i = 0; i < this.plan.steps().size(); i++) {
			waitsByThrottle.add(waits.get(i));
		}
		if (decision.isAllowed()) {
			return new Answer(200, List.of(), waitsByThrottle, null, null);
		}
		ThrottledException exception = decision.toException();
		OptionalLong seconds = exception.getRetryAfterSeconds();
		return new Answer(429, List.copyOf(waits.keySet()), waitsByThrottle,
				seconds.isPresent() ? seconds.getAsLong() : null, exception.getMessage());
	}

}
