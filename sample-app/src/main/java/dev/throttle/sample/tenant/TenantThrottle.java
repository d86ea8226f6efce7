package dev.throttle.sample.tenant;

import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts by tenant, with the rate {@code throttle.rates.tenant}. Requests that name no
 * tenant are left to the other throttles.
 */
@Component
class TenantThrottle extends SimpleRateThrottle {

	TenantThrottle() {
		super("tenant");
	}

	@Override
	protected @Nullable String ident(ThrottleRequest request) {
		return request.header("X-Tenant");
	}

}
