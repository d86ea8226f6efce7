package dev.throttle;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The answer of a throttle: allow, deny, or count.
 *
 * @since 1.0.0
 */
public sealed interface Verdict {

	/**
	 * Return a verdict that allows the request. A throttle that does not apply returns
	 * it, too.
	 * @return the verdict
	 */
	static Verdict allow() {
		return Allow.PLAIN;
	}

	/**
	 * Return a verdict that allows the request and runs a task when the request is over,
	 * such as to release a slot among concurrent requests.
	 * @param release the task, which runs exactly once: when another throttle denies the
	 * request, or when the request ends in any way
	 * @return the verdict
	 */
	static Verdict allow(Runnable release) {
		return new Allow(release);
	}

	/**
	 * Return a verdict that denies the request for an unknown time.
	 * @return the verdict
	 */
	static Verdict deny() {
		return Deny.UNTIL_UNKNOWN;
	}

	/**
	 * Return a verdict that denies the request for some time.
	 * @param wait the time after which the request may be retried; zero or less for the
	 * shortest wait
	 * @return the verdict
	 */
	static Verdict deny(Duration wait) {
		return new Deny(wait);
	}

	/**
	 * Return a verdict that counts the request and allows it if the client has a permit
	 * left under each rate of the scope.
	 * @param scope the scope to count under, in any spelling
	 * @param client who is counted, null if this throttle does not apply
	 * @return the verdict
	 * @throws IllegalArgumentException if the scope is not valid
	 */
	static Verdict count(String scope, @Nullable Client client) {
		return count(scope, client, 1);
	}

	/**
	 * Return a verdict that counts the request and allows it if the client has enough
	 * permits left under each rate of the scope.
	 * @param scope the scope to count under, in any spelling
	 * @param client who is counted, null if this throttle does not apply
	 * @param cost how many permits the request takes, a positive whole number; 1 stands
	 * for the {@linkplain ThrottleRequest#cost(Scope) cost of the scope}
	 * @return the verdict
	 * @throws IllegalArgumentException if the scope is not valid
	 * @throws InvalidVerdictException if the cost is not positive
	 */
	static Verdict count(String scope, @Nullable Client client, long cost) {
		return new Count(List.of(Scope.of(scope)), client, cost);
	}

	/**
	 * Allows the request.
	 *
	 * @param release the task to run when the request is over, null if there is none
	 */
	record Allow(@Nullable Runnable release) implements Verdict {

		private static final Allow PLAIN = new Allow(null);

	}

	/**
	 * Denies the request.
	 *
	 * @param retryAfter the time after which the request may be retried, 0 for the
	 * shortest wait, null if it is not known
	 */
	record Deny(@Nullable Duration retryAfter) implements Verdict {

		private static final Deny UNTIL_UNKNOWN = new Deny(null);

		/**
		 * Create a verdict.
		 * @param retryAfter the time after which the request may be retried, null if it
		 * is not known; a negative time becomes 0
		 */
		public Deny {
			retryAfter = (retryAfter != null && retryAfter.isNegative()) ? Duration.ZERO : retryAfter;
		}

	}

	/**
	 * Counts the request, and allows it if there are enough permits.
	 *
	 * @param scopes the scopes to count under, at least one
	 * @param client who is counted, null if the throttle does not apply
	 * @param cost how many permits the request takes, a positive whole number
	 */
	record Count(List<Scope> scopes, @Nullable Client client, long cost) implements Verdict {

		/**
		 * Create a verdict.
		 * @param scopes the scopes to count under, at least one
		 * @param client who is counted, null if the throttle does not apply
		 * @param cost how many permits the request takes; ignored if the client is null
		 * @throws IllegalArgumentException if there is no scope
		 * @throws InvalidVerdictException if the cost is not positive
		 */
		public Count {
			scopes = List.copyOf(scopes);
			if (scopes.isEmpty()) {
				throw new IllegalArgumentException("'scopes' must not be empty");
			}
			if (cost < 1 && client != null) {
				throw new InvalidVerdictException("the cost must be a positive whole number but is " + cost);
			}
		}

	}

}
