package dev.throttle.web;

import org.jspecify.annotations.Nullable;

/**
 * The kinds of rate limit headers. If Throttle sends headers of a kind, it drops those of
 * the same kind that others set.
 *
 * @since 1.0.0
 */
public enum RateLimitHeaderKind {

	/**
	 * {@code X-RateLimit-Limit} and every other header that begins with
	 * {@code X-RateLimit-}.
	 */
	X_RATELIMIT,

	/**
	 * {@code RateLimit}, and every header that begins with {@code RateLimit-}.
	 */
	RATELIMIT;

	private static final String X_RATELIMIT_PREFIX = "X-RateLimit-";

	private static final String RATELIMIT_NAME = "RateLimit";

	/**
	 * Return the kind of a header.
	 * @param name the name of the header, in any letter case
	 * @return the kind; null if it is another header
	 */
	public static @Nullable RateLimitHeaderKind of(String name) {
		if (startsWith(name, X_RATELIMIT_PREFIX)) {
			return X_RATELIMIT;
		}
		int length = RATELIMIT_NAME.length();
		return (startsWith(name, RATELIMIT_NAME) && (name.length() == length || name.charAt(length) == '-')) ? RATELIMIT
				: null;
	}

	private static boolean startsWith(String name, String prefix) {
		return name.regionMatches(true, 0, prefix, 0, prefix.length());
	}

}
