package dev.throttle.autoconfigure;

import dev.throttle.http.OutgoingLimits;
import dev.throttle.http.PacingFilter;
import dev.throttle.http.RetryAfterFilter;
import dev.throttle.http.RetryRules;
import org.jspecify.annotations.Nullable;

import org.springframework.web.reactive.function.client.ExchangeFilterFunction;

/**
 * What customizers add to a {@code WebClient}.
 */
final class OutgoingFilter {

	private OutgoingFilter() {
	}

	/**
	 * Return one filter, in which each request of a call that is sent again is paced.
	 * @return the filter; null if there is nothing to add
	 */
	static @Nullable ExchangeFilterFunction of(ThrottleProperties properties, RetryRules rules, OutgoingLimits limits) {
		PacingFilter pacing = limits.isEmpty() ? null : new PacingFilter(limits);
		if (!properties.getHttpClient().getRetry().isEnabled()) {
			return pacing;
		}
		RetryAfterFilter retry = new RetryAfterFilter(rules);
		return (pacing != null) ? retry.andThen(pacing) : retry;
	}

}
