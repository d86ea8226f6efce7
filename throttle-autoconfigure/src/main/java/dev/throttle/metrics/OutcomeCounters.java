package dev.throttle.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.engine.DecisionOutcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The counters of one policy of a throttle and plan by outcome, each registered on first
 * use.
 */
final class OutcomeCounters {

	private final Map<DecisionOutcome, Counter> counters = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	private final String throttle;

	private final String plan;

	private final String scope;

	private final String policy;

	OutcomeCounters(MeterRegistry registry, String throttle, String plan, String scope, String policy) {
		this.registry = registry;
		this.throttle = throttle;
		this.plan = plan;
		this.scope = scope;
		this.policy = policy;
	}

	Counter get(DecisionOutcome outcome) {
		Counter counter = this.counters.get(outcome);
		return (counter != null) ? counter : this.counters.computeIfAbsent(outcome, this::register);
	}

	private Counter register(DecisionOutcome outcome) {
		return Counter.builder("throttle.decisions")
			.description("Decisions of throttles about requests")
			.tag("throttle", this.throttle)
			.tag("plan", this.plan)
			.tag("scope", this.scope)
			.tag("policy", this.policy)
			.tag("outcome", outcome.text())
			.register(this.registry);
	}

}
