package dev.throttle.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

import dev.throttle.Client;
import dev.throttle.SimpleRateThrottle;
import dev.throttle.ThrottleRequest;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The throttles of the documented log-in protection.
 */
final class LoginThrottles {

	private LoginThrottles() {
	}

	@Component
	static class LoginThrottle extends SimpleRateThrottle {

		LoginThrottle() {
			super("login");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return Client.of("login", userName(request), request.address());
		}

		static @Nullable String userName(ThrottleRequest request) {
			String header = request.header("Authorization");
			HttpServletRequest form = request.nativeRequest(HttpServletRequest.class);
			String name = null;
			if (form != null && request.method().equals("POST") && request.path().equals("/login")) {
				name = form.getParameter("username");
			}
			if (name == null && header != null && header.length() > 6 && header.regionMatches(true, 0, "Basic", 0, 5)) {
				try {
					// Spring Security takes any character for the space
					byte[] credentials = Base64.getDecoder().decode(header.substring(6).trim());
					name = new String(credentials, StandardCharsets.UTF_8).split(":", 2)[0];
				}
				catch (IllegalArgumentException ex) {
					// no password, so nothing to guess
				}
			}
			// as the log-in compares names
			return (name != null) ? name.trim().toLowerCase(Locale.ROOT) : null;
		}

	}

	@Component
	static class LoginAddressThrottle extends SimpleRateThrottle {

		LoginAddressThrottle() {
			super("login-address");
		}

		@Override
		protected @Nullable Client client(ThrottleRequest request) {
			return (LoginThrottle.userName(request) != null) ? Client.address(request.address()) : null;
		}

	}

}
