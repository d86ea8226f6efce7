package dev.throttle.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Rate;
import dev.throttle.Scope;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.backend.Settlement;
import dev.throttle.engine.AppliedThrottles;
import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.engine.Decision;
import dev.throttle.engine.RateRegistry;
import dev.throttle.engine.RateRules;
import dev.throttle.engine.Rates;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.test.MockThrottleRequest;

/**
 * Decisions as the engine makes them of given outcomes and verdicts.
 */
public final class Decisions {

	private Decisions() {
	}

	/**
	 * Return the decision of one throttle that counts under some scopes.
	 */
	static Decision of(Use... uses) {
		Map<String, String> rates = new LinkedHashMap<>();
		Arrays.stream(uses).forEach((use) -> rates.put(use.name(), use.rate()));
		return decide(rates, Arrays.stream(uses).map(Use::name).toList(),
				Arrays.stream(uses).map(Use::outcome).toList());
	}

	/**
	 * Return the decision of one throttle about a client that has a plan.
	 */
	static Decision ofPlan(String plan, Use use) {
		Map<Scope, List<Rate>> ofPlan = Map.of(Scope.of(use.name()), Rate.parseAll(use.rate()));
		Verdict count = Verdict.count(use.name(), Client.user("ada"));
		Step step = new Step("asking", (request) -> count, new AnsweringBackend(List.of(use.outcome())));
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING,
				new RateRegistry(Rates.none().withPlan(plan, false, ofPlan)), SecretIdents.withRandomKey())
			.withPlans((request) -> plan)
			.decide(new MockThrottleRequest(), new AppliedThrottles(List.of(step)));
	}

	/**
	 * Return the decision of one throttle, all rates of whose scope deny.
	 */
	static Decision denied(String scope, String rates) {
		return decide(Map.of(scope, rates), List.of(scope),
				Rate.parseAll(rates)
					.stream()
					.map((rate) -> denied(scope, rate.toString(), Duration.ofSeconds(1)).outcome())
					.toList());
	}

	public static Decision of(BaseThrottle... throttles) {
		return decide(Rates.none(),
				Arrays.stream(throttles)
					.map((throttle) -> new Step("custom", throttle, new AnsweringBackend(List.of())))
					.toList());
	}

	private static Decision decide(Map<String, String> rates, List<String> scopes, List<Outcome> outcomes) {
		Verdict count = new Verdict.Count(scopes.stream().map(Scope::of).toList(), Client.user("ada"), 1);
		return decide(rates(rates), List.of(new Step("asking", (request) -> count, new AnsweringBackend(outcomes))));
	}

	private static Rates rates(Map<String, String> rates) {
		Map<Scope, Long> inBytes = new HashMap<>();
		rates.forEach((scope, rate) -> {
			if (rate.contains("B/")) {
				inBytes.put(Scope.of(scope), 1L);
			}
		});
		Rates[] all = { Rates.none(RateRules.countingBytes(inBytes)) };
		rates.forEach((scope, rate) -> all[0] = all[0].with(Scope.of(scope), Rate.parseAll(rate)));
		return all[0];
	}

	private static Decision decide(Rates rates, List<Step> steps) {
		return new ThrottleEngine(Accounting.ALL_OR_NOTHING, new RateRegistry(rates), SecretIdents.withRandomKey())
			.decide(new MockThrottleRequest(), new AppliedThrottles(steps));
	}

	static Use allowed(String name, String rate, long remaining, Duration reset) {
		return new Use(name, rate, new Outcome(true, remaining, 0, reset.toNanos(), null));
	}

	static Use denied(String name, String rate, Duration wait) {
		return new Use(name, rate, new Outcome(false, 0, wait.toNanos(), wait.toNanos(), null));
	}

	record Use(String name, String rate, Outcome outcome) {
	}

	private record AnsweringBackend(List<Outcome> outcomes) implements CacheBackend {

		@Override
		public List<Outcome> decide(List<QuotaGroup> groups) {
			return new ArrayList<>(this.outcomes);
		}

		@Override
		public List<Outcome> peek(QuotaGroup group) {
			return new ArrayList<>(this.outcomes);
		}

		@Override
		public List<Settlement.Result> settle(List<Settlement> settlements) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void reset(Client client, Scope scope) {
		}

	}

}
