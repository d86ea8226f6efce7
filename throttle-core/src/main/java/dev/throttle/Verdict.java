package dev.throttle;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a throttle answers: allow, deny, or "ask these quotas".
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
	 * Return the verdict that leaves it to quotas: the throttle allows the request if all
	 * of them do.
	 * @param quotas the quotas, counted together or not at all
	 * @return the verdict, which allows where there are no quotas
	 */
	static Verdict ask(List<Quota> quotas) {
		return quotas.isEmpty() ? allow() : new Ask(quotas);
	}

	/**
	 * Return the verdict that leaves it to one quota.
	 * @param quota the quota
	 * @return the verdict
	 */
	static Verdict ask(Quota quota) {
		return new Ask(List.of(quota));
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
	 * Leaves it to quotas.
	 *
	 * @param quotas the quotas, at least one
	 */
	record Ask(List<Quota> quotas) implements Verdict {

		/**
		 * Create a verdict.
		 * @param quotas the quotas, at least one
		 * @throws IllegalArgumentException if there are none
		 */
		public Ask {
			quotas = List.copyOf(quotas);
			if (quotas.isEmpty()) {
				throw new IllegalArgumentException("'quotas' must not be empty");
			}
		}

	}

}
