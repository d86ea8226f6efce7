package dev.throttle.web;

import java.time.Clock;
import java.util.function.BiConsumer;

import dev.throttle.engine.Decision;

/**
 * Tells the client of a throttled handler what is left of its quotas.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface RateLimitHeaders {

	/**
	 * Write headers before the handler runs, or before the denial is answered.
	 * @param decision the decision about the request
	 * @param headers sets a header of the answer, given its name and its value
	 */
	void write(Decision decision, BiConsumer<String, String> headers);

	/**
	 * Return {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and
	 * {@code X-RateLimit-Reset} of the quota that the client should heed.
	 * @param clock the time of day, where the backend that decided does not tell it
	 * @return the headers
	 */
	static RateLimitHeaders xRateLimit(Clock clock) {
		return new XRateLimitHeaders(clock);
	}

	/**
	 * Return {@code RateLimit-Policy} and {@code RateLimit} as
	 * draft-ietf-httpapi-ratelimit-headers-11 has them, one item per quota.
	 * @return the headers
	 */
	static RateLimitHeaders draft11() {
		return new Draft11Headers();
	}

}
