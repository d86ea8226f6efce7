package dev.throttle.web;

import java.time.InstantSource;
import java.util.function.BiConsumer;

import dev.throttle.WholeSeconds;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;

/**
 * Writes {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and
 * {@code X-RateLimit-Reset} of the most restrictive quota. Reset is when its next permit
 * is free, in seconds since the epoch.
 */
final class XRateLimitHeaders implements RateLimitHeaders {

	private static final String LIMIT = "X-RateLimit-Limit";

	private static final String REMAINING = "X-RateLimit-Remaining";

	private static final String RESET = "X-RateLimit-Reset";

	private final InstantSource clock;

	XRateLimitHeaders(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void write(Decision decision, BiConsumer<String, String> headers) {
		QuotaResult result = decision.decisiveResult();
		if (result == null) {
			return;
		}
		headers.accept(LIMIT, result.policy().limitText());
		headers.accept(REMAINING, Long.toString(result.outcome().remaining()));
		headers.accept(RESET, Long.toString(WholeSeconds.roundUp(result.outcome().resetAt(this.clock))));
	}

}
