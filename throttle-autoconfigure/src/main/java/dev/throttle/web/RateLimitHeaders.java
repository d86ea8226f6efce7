package dev.throttle.web;

import java.time.InstantSource;
import java.util.Set;
import java.util.function.BiConsumer;

import dev.throttle.engine.Decision;

/**
 * Tells clients in response headers what is left of their quotas.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface RateLimitHeaders {

	/**
	 * Write headers, before the handler runs or the denial is answered.
	 * @param decision the decision about the request
	 * @param headers sets a response header, given its name and value
	 */
	void write(Decision decision, BiConsumer<String, String> headers);

	/**
	 * Return these headers without the quotas of some scopes.
	 * @param hidden the keys of the scopes
	 * @return the headers
	 */
	default RateLimitHeaders without(Set<String> hidden) {
		return hidden.isEmpty() ? this : (decision, headers) -> write(
				decision.without((result) -> hidden.contains(result.policy().scope().key())), headers);
	}

	/**
	 * Return {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and
	 * {@code X-RateLimit-Reset} of the most restrictive quota.
	 * @param clock the clock to use if the backend does not return the time
	 * @return the headers
	 */
	static RateLimitHeaders xRateLimit(InstantSource clock) {
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
