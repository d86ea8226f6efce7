package dev.throttle.sample.user;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Counts logins by user name and address, with the rate {@code throttle.rates.login}.
 * Somebody who guesses elsewhere locks nobody out.
 */
@Component
class LoginThrottle extends SimpleRateThrottle {

	private final LoginNames names;

	LoginThrottle(LoginNames names) {
		super("login");
		this.names = names;
	}

	@Override
	protected @Nullable Client client(ThrottleRequest request) {
		return Client.of("login", this.names.of(request), request.address());
	}

}
