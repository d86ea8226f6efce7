package dev.throttle.sample.apikey;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts requests with an API key by the owner of the key, with the rate
 * {@code throttle.rates.api_key}, so that a new key does not start a new count.
 */
@Component
public class ApiKeyThrottle extends SimpleRateThrottle {

	ApiKeyThrottle() {
		super("api_key");
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return (request.principal() instanceof ApiKeyAuthentication developer)
				? Client.of("api-key", developer.getPrincipal()) : null;
	}

}
