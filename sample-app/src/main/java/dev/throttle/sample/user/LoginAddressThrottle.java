package dev.throttle.sample.user;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts logins by address, whatever the user name, with the rate
 * {@code throttle.rates.login-address}.
 */
@Component
class LoginAddressThrottle extends SimpleRateThrottle {

	private final LoginNames names;

	LoginAddressThrottle(LoginNames names) {
		super("login-address");
		this.names = names;
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return (this.names.of(request) != null) ? Client.address(request.address()) : null;
	}

}
