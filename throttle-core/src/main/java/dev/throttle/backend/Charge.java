package dev.throttle.backend;

import java.util.List;

import dev.throttle.Quota;

/**
 * Quotas that are recorded together or not at all.
 *
 * @param quotas the quotas, at least one; those that share a history are summed
 * @since 1.0.0
 */
public record Charge(List<Quota> quotas) {

	/**
	 * Create a charge.
	 * @param quotas the quotas, at least one
	 * @throws IllegalArgumentException if there are none
	 */
	public Charge {
		quotas = List.copyOf(quotas);
		if (quotas.isEmpty()) {
			throw new IllegalArgumentException("'quotas' must not be empty");
		}
	}

}
