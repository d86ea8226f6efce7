package dev.throttle.sample.tenant;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts by tenant, with the rate {@code throttle.rates.tenant}. Does not apply to
 * requests without a tenant.
 */
@Component
class TenantThrottle extends SimpleRateThrottle {

	TenantThrottle() {
		super("tenant");
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return Client.of("tenant", request.header("X-Tenant"));
	}

}
