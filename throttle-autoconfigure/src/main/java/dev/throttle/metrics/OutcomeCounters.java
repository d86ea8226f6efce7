package dev.throttle.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.engine.DecisionResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The counters of one policy of a throttle by result, each registered when it is needed
 * first.
 */
final class ResultCounters {

	private final Map<DecisionResult, Counter> counters = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	private final String throttle;

	private final String scope;

	private final String policy;

	ResultCounters(MeterRegistry registry, String throttle, String scope, String policy) {
		this.registry = registry;
		this.throttle = throttle;
		this.scope = scope;
		this.policy = policy;
	}

	Counter get(DecisionResult result) {
		Counter counter = this.counters.get(result);
		return (counter != null) ? counter : this.counters.computeIfAbsent(result, this::register);
	}

	private Counter register(DecisionResult result) {
		return Counter.builder("throttle.decisions")
			.description("What throttles said of requests")
			.tag("throttle", this.throttle)
			.tag("scope", this.scope)
			.tag("policy", this.policy)
			.tag("outcome", result.text())
			.register(this.registry);
	}

}
