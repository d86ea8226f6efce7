package dev.throttle.handler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.throttle.engine.AppliedThrottles.Step;
import dev.throttle.handler.ThrottledHandlers.DescribedHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The throttles that take the client from an unverified header: anybody can make up
 * clients there.
 */
final class UnverifiedClients {

	private static final Logger logger = LoggerFactory.getLogger(UnverifiedClients.class);

	private final ThrottleRegistry throttles;

	/** The headers that each of these throttles trusts. */
	private final Map<Step, String> headers = new LinkedHashMap<>();

	UnverifiedClients(ThrottleRegistry throttles) {
		this.throttles = throttles;
		for (Step step : throttles.all()) {
			ThrottleProbe probe = throttles.probe(step);
			if (!probe.headers().isEmpty()) {
				this.headers.put(step, String.join(", ", probe.headers()));
			}
		}
	}

	/**
	 * Return the throttles with the headers that they trust, as text.
	 * @return the text; empty for none
	 */
	String describe() {
		return this.headers.entrySet()
			.stream()
			.map((entry) -> entry.getKey().name() + " (" + entry.getValue() + ")")
			.collect(Collectors.joining(", "));
	}

	/**
	 * Warn about each of these throttles that counts in a shared store and applies to a
	 * handler where no other throttle counts the address or the user.
	 */
	void warnIfUnbounded(List<DescribedHandler> handlers) {
		this.headers.forEach((step, header) -> {
			if (step.backend().isShared()) {
				handlers.stream()
					.filter((handler) -> isUnbounded(step, handler.throttles().applied().steps()))
					.findFirst()
					.ifPresent((handler) -> logger
						.warn("The throttle '{}' identifies clients by the unverified header {}, and no other throttle counts the address at {}: "
								+ "one sender can fill {} with made-up clients. Set 'throttle.rates.user' or 'throttle.rates.anon', or return null from client() for unknown values",
								step.name(), header, handler.name(), ThrottleRegistry.describe(step.backend())));
			}
		});
	}

	/**
	 * Warn about each of these throttles in the filter, if no other throttle there counts
	 * the address. Nothing verifies a header before the filter, so a sender can have a
	 * new count for each request.
	 */
	void warnIfUnboundedInFilter() {
		List<Step> filter = this.throttles.filter().steps();
		this.headers.forEach((step, header) -> {
			if (isUnbounded(step, filter)) {
				logger
					.warn("The throttle '{}' in the filter identifies clients by the unverified header {}, and no other throttle counts the address there: "
							+ "one sender can escape it, and fill {}, with made-up clients. Set 'throttle.rates.address', and add 'addressRateThrottle' to 'throttle.filter.throttles' if that is set",
							step.name(), header, ThrottleRegistry.describe(step.backend()));
			}
		});
	}

	private boolean isUnbounded(Step step, List<Step> applied) {
		return applied.contains(step)
				&& applied.stream().noneMatch((other) -> this.throttles.probe(other).isCountingOneClient());
	}

}
