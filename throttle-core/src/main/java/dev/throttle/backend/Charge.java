package dev.throttle.backend;

import java.util.List;

import dev.throttle.Quota;

/**
 * Quotas that are recorded together or not at all.
 *
 * @param quotas the quotas, at least one; those that share a history are summed
 * @param shadow whether the charge is a shadow: it is recorded if it has room and no
 * enforced charge before it is denied
 * @since 1.0.0
 */
public record Charge(List<Quota> quotas, boolean shadow) {

	/**
	 * Create a charge that is enforced.
	 * @param quotas the quotas, at least one
	 * @throws IllegalArgumentException if there are none
	 */
	public Charge(List<Quota> quotas) {
		this(quotas, false);
	}

	/**
	 * Create a charge.
	 * @param quotas the quotas, at least one
	 * @param shadow whether the charge is a shadow
	 * @throws IllegalArgumentException if there are none
	 */
	public Charge {
		quotas = List.copyOf(quotas);
		if (quotas.isEmpty()) {
			throw new IllegalArgumentException("'quotas' must not be empty");
		}
	}

}
