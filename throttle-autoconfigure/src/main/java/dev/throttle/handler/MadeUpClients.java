package dev.throttle.handler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerPlans.PlannedHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The throttles whose clients anybody can make up with a header.
 */
final class MadeUpClients {

	private static final Logger logger = LoggerFactory.getLogger(MadeUpClients.class);

	private final ThrottleRegistry throttles;

	/** The headers that each of these throttles believes. */
	private final Map<Step, String> headers = new LinkedHashMap<>();

	MadeUpClients(ThrottleRegistry throttles) {
		this.throttles = throttles;
		for (Step step : throttles.all()) {
			ThrottleProbe probe = throttles.probe(step);
			if (!probe.headers().isEmpty()) {
				this.headers.put(step, String.join(", ", probe.headers()));
			}
		}
	}

	/**
	 * Return the throttles with the headers that they believe, for a reader.
	 * @return the text, empty where there are none
	 */
	String describe() {
		return this.headers.entrySet()
			.stream()
			.map((entry) -> entry.getKey().name() + " (" + entry.getValue() + ")")
			.collect(Collectors.joining(", "));
	}

	/**
	 * Warn of each of these throttles that counts in a shared store at a handler where
	 * nothing counts the same client's address or user.
	 */
	void warnWhereNothingBoundsThem(List<PlannedHandler> handlers) {
		this.headers.forEach((step, header) -> {
			if (step.backend().isShared()) {
				handlers.stream()
					.filter((handler) -> isUnbounded(step, handler))
					.findFirst()
					.ifPresent((handler) -> logger
						.warn("The throttle '{}' counts by the header {}, which anybody can make up, and nothing counts the address at {}: "
								+ "one client can fill {} with made-up ones. Set 'throttle.rates.user' or 'throttle.rates.anon', or return null for a value that is not known",
								step.name(), header, handler.name(), ThrottleRegistry.describe(step.backend())));
			}
		});
	}

	private boolean isUnbounded(Step step, PlannedHandler handler) {
		List<Step> applied = handler.plan().throttles().steps();
		return applied.contains(step)
				&& applied.stream().noneMatch((other) -> this.throttles.probe(other).isCountingOneClient());
	}

}
