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
import dev.throttle.Scope;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.ThrottledException;
import dev.throttle.UserRateThrottle;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.memory.MemoryCacheBackend;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.Decision;
import dev.throttle.engine.Driver;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;
import dev.throttle.test.ThrottleClock;
import org.jspecify.annotations.Nullable;

/**
 * Has the requests of a scenario answered by the real throttles, engine and backend.
 */
final class Replay {

	private final Scenario scenario;

	private final ClientAddresses addresses;

	private final ThrottleClock clock = new ThrottleClock();

	private final ThrottleEngine engine;

	private final AppliedThrottles throttles;

	private final Driver driver;

	private final RateRegistry rates = new RateRegistry(Rates.none());

	Replay(Scenario scenario, Accounting accounting, Driver driver) {
		this.scenario = scenario;
		this.driver = driver;
		this.addresses = ClientAddresses.behind(scenario.numProxies());
		this.engine = new ThrottleEngine(accounting, this.rates, SecretIdents.withRandomKey());
		this.throttles = throttles();
		change(scenario.rates());
	}

	private AppliedThrottles throttles() {
		MemoryCacheBackend backend = MemoryCacheBackend.builder().clock(this.clock).build();
		// No sweeping in the background: a scenario may take the time back
		backend.close();
		List<AppliedThrottles.Step> steps = new ArrayList<>();
		for (Scenario.Throttle throttle : this.scenario.throttles()) {
			BaseThrottle answering = throttle(throttle);
			// Where nobody waits, as a throttle that may block, so that its answer comes
			// later
			BaseThrottle asked = (this.driver == Driver.ASYNCHRONOUS) ? answering::check : answering;
			steps.add(new AppliedThrottles.Step("throttle" + steps.size(), asked, backend));
		}
		return new AppliedThrottles(steps);
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
		changed.forEach((scope, rate) -> this.rates
			.update((rates) -> rates.with(Scope.of(scope), (rate != null) ? Rate.parseAll(rate) : List.of())));
	}

	Answer answer(Scenario.Step step) {
		change(step.changedRates());
		this.clock.setNanos(step.atNanos());
		String address = this.addresses.resolve(step.remoteAddr(), step.xForwardedFor());
		MockThrottleRequest request = new MockThrottleRequest().withAddress(address).withUser(step.user());
		String scope = this.scenario.viewScope(step);
		if (scope != null) {
			request = request.withScopes(scope);
		}
		Decision decision = this.driver.decide(this.engine, request, this.throttles);
		decision.release();
		return answer(decision);
	}

	private Answer answer(Decision decision) {
		SortedMap<Integer, Long> waits = new TreeMap<>();
		for (Decision.Denial denial : decision.denials()) {
			Duration wait = denial.retryAfter();
			waits.put(this.throttles.steps().indexOf(denial.step()), (wait != null) ? wait.toNanos() : Outcome.NEVER);
		}
		List<@Nullable Long> waitsByThrottle = new ArrayList<>();
		for (int i = 0; i < this.throttles.steps().size(); i++) {
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
