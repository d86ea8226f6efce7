package dev.throttle.sample.apikey;

import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts by API key, with the rate {@code throttle.rates.api_key}. Only a key that is
 * somebody's is counted, and under a keyed hash.
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
				? developer.getCredentials() : null;
	}

	@Override
	public boolean secretIdents() {
		return true;
	}

}
