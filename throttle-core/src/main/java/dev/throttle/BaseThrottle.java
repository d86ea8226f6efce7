package dev.throttle;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may pass. Implementations are safe for use by several
 * threads. An exception that leaves {@link #check(ThrottleRequest)} ends the request as
 * any exception of a handler does.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface BaseThrottle {

	/**
	 * Answer a request. Every throttle of a request is asked, also after another has
	 * denied it.
	 * @param request the request
	 * @return the verdict
	 */
	Verdict check(ThrottleRequest request);

	/**
	 * Return the scopes whose rates this throttle looks up. The application does not
	 * start if one of them has no rate.
	 * @return the scopes, empty for none
	 */
	default Collection<String> scopes() {
		return List.of();
	}

	/**
	 * Return the policies that this throttle brings itself, without a configured rate.
	 * @return the policies, empty for none
	 */
	default Collection<Policy> ownPolicies() {
		return List.of();
	}

	/**
	 * Return the backend that counts for this throttle.
	 * @return the name of a {@code CacheBackend} bean, null for the default backend
	 */
	default @Nullable String backend() {
		return null;
	}

	/**
	 * Return whether the idents of this throttle are secrets, such as API keys, which are
	 * counted under a keyed hash.
	 * @return whether they are secrets
	 */
	default boolean secretIdents() {
		return false;
	}

}
