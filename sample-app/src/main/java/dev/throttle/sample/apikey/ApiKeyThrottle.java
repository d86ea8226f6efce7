package dev.throttle.sample.apikey;

import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts requests with an API key by its owner, with the rate
 * {@code throttle.rates.api_key}, so that a new key does not start a new count.
 */
@Component
public class ApiKeyThrottle extends SimpleRateThrottle {

	ApiKeyThrottle() {
		super("api_key");
	}

	@Override
	protected @Nullable String ident(ThrottleRequest request) {
		HttpServletRequest servletRequest = request.nativeRequest(HttpServletRequest.class);
		return (servletRequest != null && servletRequest.getUserPrincipal() instanceof ApiKeyAuthentication developer)
				? developer.getPrincipal() : null;
	}

}
