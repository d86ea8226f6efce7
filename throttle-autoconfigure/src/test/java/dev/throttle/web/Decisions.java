package dev.throttle.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import dev.throttle.Accounting;
import dev.throttle.BaseThrottle;
import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Quota;
import dev.throttle.Rate;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.backend.CacheBackend;
import dev.throttle.backend.Outcome;
import dev.throttle.backend.QuotaGroup;
import dev.throttle.engine.Decision;
import dev.throttle.engine.SecretIdents;
import dev.throttle.engine.ThrottleEngine;
import dev.throttle.engine.ThrottlePlan;
import dev.throttle.engine.ThrottlePlan.Step;

import static org.mockito.Mockito.mock;

/**
 * Decisions as the engine makes them of given outcomes and verdicts.
 */
public final class Decisions {

	private static final ThrottleEngine ENGINE = new ThrottleEngine(Accounting.ALL_OR_NOTHING,
			SecretIdents.withRandomKey());

	private Decisions() {
	}

	/**
	 * Return the decision of one throttle that asks quotas.
	 */
	static Decision of(Use... uses) {
		CacheBackend backend = new AnsweringBackend(Arrays.stream(uses).map(Use::outcome).toList());
		List<Quota> quotas = Arrays.stream(uses)
			.map((use) -> new Quota(Client.user("ada"), Policy.of(use.name(), Rate.parse(use.rate()))))
			.toList();
		return decide(new Step("asking", (request) -> Verdict.ask(quotas), backend));
	}

	/**
	 * Return the decision of one throttle, all of whose policies deny.
	 */
	static Decision denied(List<Policy> policies) {
		CacheBackend backend = new AnsweringBackend(policies.stream()
			.map((policy) -> denied(policy.name(), "1/s", Duration.ofSeconds(1)).outcome())
			.toList());
		List<Quota> quotas = policies.stream().map((policy) -> new Quota(Client.user("ada"), policy)).toList();
		return decide(new Step("asking", (request) -> Verdict.ask(quotas), backend));
	}

	public static Decision of(BaseThrottle... throttles) {
		return decide(Arrays.stream(throttles)
			.map((throttle) -> new Step("custom", throttle, new AnsweringBackend(List.of())))
			.toArray(Step[]::new));
	}

	private static Decision decide(Step... steps) {
		ThrottlePlan plan = new ThrottlePlan(List.of(steps));
		return ENGINE.decide(mock(ThrottleRequest.class), plan);
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
		public void reset(Client client, Policy policy) {
		}

	}

}
