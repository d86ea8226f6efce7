package dev.throttle;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a throttle answers: allow, deny, or count.
 *
 * @since 1.0.0
 */
public sealed interface Verdict {

	/**
	 * Return the verdict that lets the request pass, as far as this throttle goes. It is
	 * the answer of a throttle that does not apply, too.
	 * @return the verdict
	 */
	static Verdict allow() {
		return Allow.PLAIN;
	}

	/**
	 * Return the verdict that lets the request pass and gives something back later, such
	 * as the place that it took among concurrent requests.
	 * @param release what to run, exactly once: when another throttle denies the request
	 * or when the request is over, whichever way it ends
	 * @return the verdict
	 */
	static Verdict allow(Runnable release) {
		return new Allow(release);
	}

	/**
	 * Return the verdict that denies the request for an unknown time.
	 * @return the verdict
	 */
	static Verdict deny() {
		return Deny.UNTIL_UNKNOWN;
	}

	/**
	 * Return the verdict that denies the request for some time.
	 * @param wait the time after which the request may come again; what is not positive
	 * stands for the shortest wait
	 * @return the verdict
	 */
	static Verdict deny(Duration wait) {
		return new Deny(wait);
	}

	/**
	 * Return the verdict that leaves it to a count: the throttle allows the request if
	 * the client has a permit left of each rate of the scope.
	 * @param scope the scope whose rates count, in any spelling
	 * @param client who is counted, null where this throttle does not apply
	 * @return the verdict
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 */
	static Verdict count(String scope, @Nullable Client client) {
		return count(scope, client, 1);
	}

	/**
	 * Return the verdict that leaves it to a count: the throttle allows the request if
	 * the client has as many permits left of each rate of the scope as it takes.
	 * @param scope the scope whose rates count, in any spelling
	 * @param client who is counted, null where this throttle does not apply
	 * @param cost how many permits the request takes, a positive whole number
	 * @return the verdict
	 * @throws IllegalArgumentException if the scope is not of the form of one
	 * @throws InvalidVerdictException if the cost is not positive
	 */
	static Verdict count(String scope, @Nullable Client client, long cost) {
		return new Count(List.of(Scope.of(scope)), client, cost);
	}

	/**
	 * Allows the request.
	 *
	 * @param release what to run when the request is over, null for nothing
	 */
	record Allow(@Nullable Runnable release) implements Verdict {

		private static final Allow PLAIN = new Allow(null);

	}

	/**
	 * Denies the request.
	 *
	 * @param retryAfter the time after which it may come again, 0 for the shortest, null
	 * where it is not known
	 */
	record Deny(@Nullable Duration retryAfter) implements Verdict {

		private static final Deny UNTIL_UNKNOWN = new Deny(null);

		/**
		 * Create a verdict.
		 * @param retryAfter the time after which the request may come again; what is
		 * negative becomes 0, null stands for a time that is not known
		 */
		public Deny {
			retryAfter = (retryAfter != null && retryAfter.isNegative()) ? Duration.ZERO : retryAfter;
		}

	}

	/**
	 * Leaves it to a count.
	 *
	 * @param scopes the scopes whose rates count, at least one
	 * @param client who is counted, null where the throttle does not apply
	 * @param cost how many permits the request takes, a positive whole number
	 */
	record Count(List<Scope> scopes, @Nullable Client client, long cost) implements Verdict {

		/**
		 * Create a verdict.
		 * @param scopes the scopes whose rates count, at least one
		 * @param client who is counted, null where the throttle does not apply
		 * @param cost how many permits the request takes; of no account without a client
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
