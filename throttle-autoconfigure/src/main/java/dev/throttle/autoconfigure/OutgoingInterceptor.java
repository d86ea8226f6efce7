package dev.throttle.autoconfigure;

import dev.throttle.http.OutgoingLimits;
import dev.throttle.http.PacingInterceptor;
import dev.throttle.http.RetryAfterInterceptor;
import dev.throttle.http.RetryRules;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpRequestInterceptor;

/**
 * What customizers add to a {@code RestClient} or {@code RestTemplate}.
 */
final class OutgoingInterceptor {

	private OutgoingInterceptor() {
	}

	/**
	 * Return one interceptor, in which each request of a call that is sent again is
	 * paced. Spring Framework 6 would call a second interceptor for the first request
	 * only.
	 * @return the interceptor; null if there is nothing to add
	 */
	static @Nullable ClientHttpRequestInterceptor of(ThrottleProperties properties, RetryRules rules,
			OutgoingLimits limits) {
		PacingInterceptor pacing = limits.isEmpty() ? null : new PacingInterceptor(limits);
		if (!properties.getHttpClient().getRetry().isEnabled()) {
			return pacing;
		}
		RetryAfterInterceptor retry = new RetryAfterInterceptor(rules);
		return (pacing == null) ? retry : (request, body, execution) -> retry.intercept(request, body,
				(next, nextBody) -> pacing.intercept(next, nextBody, execution));
	}

}
