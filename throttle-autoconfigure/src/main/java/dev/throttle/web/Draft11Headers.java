package dev.throttle.web;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

import dev.throttle.WholeSeconds;
import dev.throttle.backend.Policy;
import dev.throttle.engine.Decision;
import dev.throttle.engine.QuotaResult;

/**
 * Writes {@code RateLimit-Policy} and {@code RateLimit} as
 * draft-ietf-httpapi-ratelimit-headers-11 has them, one item per quota. A window of the
 * calendar has no fixed length and is left out.
 */
final class Draft11Headers implements RateLimitHeaders {

	private static final String POLICY = "RateLimit-Policy";

	private static final String LIMIT = "RateLimit";

	@Override
	public void write(Decision decision, BiConsumer<String, String> headers) {
		List<QuotaResult> results = decision.results();
		if (results.isEmpty()) {
			return;
		}
		headers.accept(POLICY, list(results, Draft11Headers::policy));
		headers.accept(LIMIT, list(results, Draft11Headers::limit));
	}

	private static String list(List<QuotaResult> results, Function<QuotaResult, String> item) {
		if (results.size() == 1) {
			return item.apply(results.get(0));
		}
		Set<String> items = new LinkedHashSet<>();
		for (QuotaResult result : results) {
			items.add(item.apply(result));
		}
		return String.join(", ", items);
	}

	private static String policy(QuotaResult result) {
		Policy policy = result.policy();
		return '"' + policy.name() + "\";q=" + policy.limitText()
				+ (policy.rate().isInBytes() ? ";qu=\"content-bytes\"" : "")
				+ (policy.isCalendar() ? "" : ";w=" + WholeSeconds.roundUp(policy.rate().period()));
	}

	private static String limit(QuotaResult result) {
		return '"' + result.policy().name() + "\";r=" + result.outcome().remaining() + ";t="
				+ WholeSeconds.roundUp(Duration.ofNanos(result.outcome().resetNanos()));
	}

}
