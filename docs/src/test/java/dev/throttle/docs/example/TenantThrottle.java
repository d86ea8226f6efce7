package dev.throttle.docs.example;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

/**
 * Counts tenants.
 */
public class TenantThrottle extends SimpleRateThrottle {

	/**
	 * Create the throttle.
	 */
	public TenantThrottle() {
		super("tenant");
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return Client.of("tenant", request.header("X-Tenant"));
	}

}
