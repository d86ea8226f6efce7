package dev.throttle.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.throttle.engine.DecisionResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The counters of one scope of a throttle by result, each registered when it is needed
 * first.
 */
final class ResultCounters {

	private final Map<DecisionResult, Counter> counters = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	private final String throttle;

	private final String scope;

	ResultCounters(MeterRegistry registry, String throttle, String scope) {
		this.registry = registry;
		this.throttle = throttle;
		this.scope = scope;
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
			.tag("outcome", result.text())
			.register(this.registry);
	}

}
