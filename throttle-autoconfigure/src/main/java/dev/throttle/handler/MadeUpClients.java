package dev.throttle.handler;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.throttle.Client;
import dev.throttle.Policy;
import dev.throttle.Rate;
import dev.throttle.Rates;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import dev.throttle.Verdict;
import dev.throttle.engine.ThrottlePlan.Step;
import dev.throttle.handler.HandlerPlans.PlannedHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the throttles whose clients anybody can make up with a header. Each throttle is
 * asked about two anonymous requests that differ in their headers alone: if it counts two
 * clients, it believes a header. A throttle that looks a header up, such as an API key,
 * does not find it and counts none.
 */
final class MadeUpClients {

	private static final Logger logger = LoggerFactory.getLogger(MadeUpClients.class);

	private final Map<Step, String> headers = new LinkedHashMap<>();

	private final Set<Step> bounds = new LinkedHashSet<>();

	MadeUpClients(Collection<Step> throttles, Rates rates) {
		for (Step step : throttles) {
			Anonymous one = new Anonymous("made-up-1", rates);
			Client first = client(step, one);
			Client second = client(step, new Anonymous("made-up-2", rates));
			if (first == null || second == null) {
				continue;
			}
			if (first.equals(second)) {
				this.bounds.add(step);
			}
			else {
				this.headers.put(step, String.join(", ", one.read));
			}
		}
	}

	private static @Nullable Client client(Step step, ThrottleRequest request) {
		// others may hold something, or do more than look at the request
		if (!(step.throttle() instanceof SimpleRateThrottle throttle)) {
			return null;
		}
		try {
			return (throttle.check(request) instanceof Verdict.Ask ask) ? ask.quotas().get(0).client() : null;
		}
		catch (Exception ex) {
			logger.debug("The throttle '{}' cannot tell the client of a request that has headers alone", step.name(),
					ex);
			return null;
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
			if (step.backend().shared()) {
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
		return applied.contains(step) && applied.stream().noneMatch(this.bounds::contains);
	}

	/**
	 * A request with the same value in every header, and nothing else.
	 */
	private static final class Anonymous implements ThrottleRequest {

		private static final List<Policy> POLICIES = List.of(Policy.of("made-up", Rate.parse("1/s")));

		private final Set<String> read = new LinkedHashSet<>();

		private final String header;

		private final Rates rates;

		Anonymous(String header, Rates rates) {
			this.header = header;
			this.rates = rates;
		}

		@Override
		public String method() {
			return "GET";
		}

		@Override
		public String path() {
			return "/";
		}

		@Override
		public String header(String name) {
			this.read.add(name);
			return this.header;
		}

		@Override
		public String address() {
			return "192.0.2.1";
		}

		@Override
		public @Nullable String user() {
			return null;
		}

		@Override
		public List<Policy> handlerPolicies() {
			return POLICIES;
		}

		@Override
		public Rates rates() {
			return this.rates;
		}

		@Override
		public <T> @Nullable T nativeRequest(Class<T> type) {
			return null;
		}

	}

}
