package dev.throttle.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Tells a CORS preflight, which is never counted, from a request that only looks like
 * one. Browsers send no credentials with a preflight. What authenticates requests does
 * not care, so that passwords could be guessed uncounted.
 *
 * @since 1.0.0
 */
public final class Preflights {

	private final List<String> credentials = new ArrayList<>(List.of("Authorization", "Cookie", "Proxy-Authorization"));

	/**
	 * Create rules.
	 * @param apiKeyHeader the name of another header with credentials; null for none
	 */
	public Preflights(@Nullable String apiKeyHeader) {
		if (apiKeyHeader != null) {
			this.credentials.add(apiKeyHeader);
		}
	}

	/**
	 * Return whether a request that looks like a preflight has credentials.
	 * @param hasHeader tells whether the request has a header of a name
	 * @return whether it has, which makes it no preflight
	 */
	public boolean hasCredentials(Predicate<String> hasHeader) {
		return this.credentials.stream().anyMatch(hasHeader);
	}

}
