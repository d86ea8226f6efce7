package dev.throttle.backend;

import java.util.List;

/**
 * Quotas that are recorded together or not at all.
 *
 * @param quotas the quotas, at least one; those that share a history are summed
 * @param isShadow whether the group is a shadow: it is recorded if it has room and no
 * enforced group before it is denied
 * @since 1.0.0
 */
public record QuotaGroup(List<Quota> quotas, boolean isShadow) {

	/**
	 * Create a group that is enforced.
	 * @param quotas the quotas, at least one
	 * @throws IllegalArgumentException if there are none
	 */
	public QuotaGroup(List<Quota> quotas) {
		this(quotas, false);
	}

	/**
	 * Create a group.
	 * @param quotas the quotas, at least one
	 * @param isShadow whether the group is a shadow
	 * @throws IllegalArgumentException if there are none
	 */
	public QuotaGroup {
		quotas = List.copyOf(quotas);
		if (quotas.isEmpty()) {
			throw new IllegalArgumentException("'quotas' must not be empty");
		}
	}

}
