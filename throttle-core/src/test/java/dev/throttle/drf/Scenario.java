package dev.throttle.drf;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Requests that were made to Django REST framework on a virtual clock, and its answers.
 *
 * @param id the name of the scenario
 * @param rates the rates by scope, null for no limit
 * @param numProxies the setting NUM_PROXIES
 * @param throttles the throttles in the order in which they are asked
 * @param views the handlers
 * @param steps the requests
 */
record Scenario(String id, Map<String, @Nullable String> rates, @Nullable Integer numProxies, List<Throttle> throttles,
		List<View> views, List<Step> steps) {

	/**
	 * Return the scope of the handler that answers a request.
	 */
	@Nullable String viewScope(Step step) {
		return this.views.stream().filter((view) -> view.name().equals(step.view())).findFirst().orElseThrow().scope();
	}

	/**
	 * A throttle.
	 *
	 * @param type one of anon, user and scoped
	 * @param scope the scope, null for that of the type, or of the handler
	 */
	record Throttle(@JsonProperty("class") String type, @Nullable String scope) {

		String scopeOr(String other) {
			return (this.scope != null) ? this.scope : other;
		}

	}

	/**
	 * A handler.
	 *
	 * @param name the handler's name
	 * @param scope the scope that it declares
	 */
	record View(String name, @Nullable String scope) {
	}

	/**
	 * A request.
	 *
	 * @param setRates the rates that change before it
	 * @param at the time in seconds
	 * @param view the name of the handler
	 * @param user the user, null for an anonymous request
	 * @param remoteAddr the address of the connection
	 * @param xForwardedFor the header, null where it is absent
	 * @param expect the answer
	 * @param expectWithoutCacheTtl the answer where cache entries never expire by
	 * themselves, null where it is the same
	 */
	record Step(@Nullable Map<String, @Nullable String> setRates, BigDecimal at, String view, @Nullable String user,
			String remoteAddr, @Nullable String xForwardedFor, Expectation expect,
			@Nullable Expectation expectWithoutCacheTtl) {

		Map<String, @Nullable String> changedRates() {
			return (this.setRates != null) ? this.setRates : Map.of();
		}

		long atNanos() {
			return Answer.nanos(this.at);
		}

		Answer recorded(boolean cacheTtl) {
			boolean same = cacheTtl || this.expectWithoutCacheTtl == null;
			return (same ? this.expect : Objects.requireNonNull(this.expectWithoutCacheTtl)).answer();
		}

	}

	/**
	 * A recorded answer.
	 *
	 * @param status the HTTP status
	 * @param retryAfter the header in seconds, null where it is absent
	 * @param detail the sentence of a denial
	 * @param denied the places of the throttles that deny
	 * @param waits the wait in seconds by throttle
	 */
	record Expectation(int status, @Nullable Long retryAfter, @Nullable String detail, List<Integer> denied,
			List<@Nullable BigDecimal> waits) {

		Answer answer() {
			List<@Nullable Long> nanos = this.waits.stream()
				.map((wait) -> (wait != null) ? Answer.nanos(wait) : null)
				.toList();
			return new Answer(this.status, this.denied, nanos, this.retryAfter, this.detail);
		}

	}

}
