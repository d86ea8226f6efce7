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
 * threads. An exception thrown by {@link #check(ThrottleRequest)} is handled like an
 * exception thrown by a handler.
 *
 * @since 1.0.0
 */
@FunctionalInterface
public interface BaseThrottle {

	/**
	 * Check a request. Every throttle that applies to a request is asked, even after
	 * another one has denied it.
	 * @param request the request
	 * @return the verdict
	 */
	Verdict check(ThrottleRequest request);

	/**
	 * Check a request without blocking the caller. By default, a worker calls
	 * {@link #check(ThrottleRequest)}. A throttle that never blocks should return a
	 * completed stage instead.
	 * @param request the request
	 * @param workers the executor for blocking work
	 * @return the verdict
	 */
	default CompletionStage<Verdict> checkAsync(ThrottleRequest request, Executor workers) {
		return CompletableFuture.supplyAsync(() -> check(request), workers);
	}

	/**
	 * Return the scopes under which this throttle counts, as far as they are known at
	 * startup. The application does not start if one of them has no rate. A throttle that
	 * returns none is asked once at startup, about an anonymous request, to find out its
	 * scope.
	 * @return the scopes, empty if there are none or they are not known
	 */
	default Collection<Scope> scopes() {
		return List.of();
	}

	/**
	 * Return the rates that this throttle defines itself. Their scopes need no configured
	 * rate.
	 * @return the rates by scope, empty if there are none
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
