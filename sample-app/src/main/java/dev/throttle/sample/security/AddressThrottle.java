package dev.throttle.sample.security;

import dev.throttle.Client;
import dev.throttle.ScopedRateThrottle;
import dev.throttle.ThrottleRequest;

import org.springframework.stereotype.Component;

/**
 * Counts by address under the handler's scopes, even if the user is known: otherwise
 * someone who guesses passwords would get a new count for each of his accounts.
 */
@Component
public class AddressThrottle extends ScopedRateThrottle {

	@Override
	protected Client client(ThrottleRequest request) {
		return Client.address(request.address());
	}

}
