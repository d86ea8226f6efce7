package dev.throttle.servlet;

import java.util.List;
import java.util.stream.Collectors;

import dev.throttle.Policy;
import dev.throttle.engine.Decision;
import dev.throttle.engine.PolicyUse;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Writes {@code RateLimit-Policy} and {@code RateLimit} as
 * draft-ietf-httpapi-ratelimit-headers-11 has them, one item per quota.
 *
 * @since 1.0.0
 */
public final class Draft11Headers implements RateLimitHeaders {

	private static final String POLICY = "RateLimit-Policy";

	private static final String LIMIT = "RateLimit";

	private static final long NANOS_PER_SECOND = 1_000_000_000;

	@Override
	public void write(Decision decision, HttpServletResponse response) {
		List<PolicyUse> uses = decision.uses();
		if (uses.isEmpty()) {
			return;
		}
		response.setHeader(POLICY,
				uses.stream().map(Draft11Headers::policy).distinct().collect(Collectors.joining(", ")));
		response.setHeader(LIMIT,
				uses.stream().map(Draft11Headers::limit).distinct().collect(Collectors.joining(", ")));
		ExposedHeaders.expose(response, POLICY, LIMIT);
	}

	private static String policy(PolicyUse use) {
		Policy policy = use.policy();
		long window = roundUp(policy.rate().period().toNanos());
		return '"' + policy.name() + "\";q=" + policy.rate().limit() + ";w=" + window;
	}

	private static String limit(PolicyUse use) {
		return '"' + use.policy().name() + "\";r=" + use.outcome().remaining() + ";t="
				+ roundUp(use.outcome().resetNanos());
	}

	private static long roundUp(long nanos) {
		return nanos / NANOS_PER_SECOND + ((nanos % NANOS_PER_SECOND > 0) ? 1 : 0);
	}

}
