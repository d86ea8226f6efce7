package dev.throttle;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

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
	 * Answer a request without keeping the caller waiting. By default a worker calls
	 * {@link #check(ThrottleRequest)}, which may block. A throttle that never blocks
	 * returns a completed stage instead.
	 * @param request the request
	 * @param workers runs what may block
	 * @return the verdict
	 */
	default CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.supplyAsync(() -> check(request), workers);
	}

	/**
	 * Return the scopes under which this throttle counts, as far as they are known before
	 * a request comes. The application does not start if one of them has no rate. A
	 * throttle that returns none is asked once at the start, about a request of nobody,
	 * to see under which scope it counts.
	 * @return the scopes, empty where they are not known or there are none
	 */
	default Collection<Scope> scopes() {
		return List.of();
	}

	/**
	 * Return the rates that this throttle brings itself for some of its scopes, which
	 * then need no configured rate.
	 * @return the rates by scope, empty for none
	 */
	default Map<Scope, List<Rate>> ownRates() {
		return Map.of();
	}

	/**
	 * Return the backend that counts for this throttle.
	 * @return the name of a {@code CacheBackend} bean, null for the default backend
	 */
	default @Nullable String backend() {
		return null;
	}

}
