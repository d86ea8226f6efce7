package dev.throttle.sample.security;

import dev.throttle.Client;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.ThrottleRequest;

import org.springframework.stereotype.Component;

/**
 * Counts by address under the scopes that the handler declares, also where the user is
 * known: who guesses passwords must not be counted anew under each of his accounts.
 */
@Component
public class AddressThrottle extends ScopedRateThrottle {

	@Override
	protected Client client(ThrottleRequest request) {
		return Client.address(request.address());
	}

}
