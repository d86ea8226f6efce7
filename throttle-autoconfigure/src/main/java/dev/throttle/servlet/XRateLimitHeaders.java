package dev.throttle.servlet;

import java.time.Clock;
import java.time.Instant;

import dev.throttle.backend.Outcome;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Writes {@code X-RateLimit-Limit}, {@code X-RateLimit-Remaining} and
 * {@code X-RateLimit-Reset} of the quota that the client should heed. Reset is when its
 * next permit is free, in seconds since the epoch.
 *
 * @since 1.0.0
 */
public final class XRateLimitHeaders implements RateLimitHeaders {

	private static final String LIMIT = "X-RateLimit-Limit";

	private static final String REMAINING = "X-RateLimit-Remaining";

	private static final String RESET = "X-RateLimit-Reset";

	private final Clock clock;

	/**
	 * Create a writer.
	 * @param clock the time of day where the clock that decides tells none
	 */
	public XRateLimitHeaders(Clock clock) {
		this.clock = clock;
	}

	@Override
	public void write(Decision decision, HttpServletResponse response) {
		QuotaResult result = decision.decisiveResult();
		if (result == null) {
			return;
		}
		response.setHeader(LIMIT, Long.toString(result.policy().rate().limit()));
		response.setHeader(REMAINING, Long.toString(result.outcome().remaining()));
		response.setHeader(RESET, Long.toString(reset(result.outcome())));
		ExposedHeaders.expose(response, LIMIT, REMAINING, RESET);
	}

	private long reset(Outcome outcome) {
		Instant decidedAt = outcome.decidedAt();
		Instant reset = ((decidedAt != null) ? decidedAt : this.clock.instant()).plusNanos(outcome.resetNanos());
		return (reset.getNano() > 0) ? reset.getEpochSecond() + 1 : reset.getEpochSecond();
	}

}
