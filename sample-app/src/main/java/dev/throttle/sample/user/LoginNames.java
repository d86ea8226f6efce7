package dev.throttle.sample.user;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

import dev.throttle.ThrottleRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Finds out as whom a request wants to log in, before its password is checked.
 */
@Component
class LoginNames {

	private static final String BASIC = "Basic";

	private final JsonMapper json;

	LoginNames(JsonMapper json) {
		this.json = json;
	}

	/**
	 * Return the user name of a login, or of HTTP Basic.
	 * @return the canonical name; null if the request has none
	 */
	@Nullable String of(ThrottleRequest request) {
		LoginBody body = request.nativeRequest(LoginBody.class);
		String name = (body != null) ? inJson(body.content()) : ofBasic(request.header("Authorization"));
		return (name != null) ? Usernames.canonical(name) : null;
	}

	private @Nullable String inJson(byte[] body) {
		try {
			LoginRequest login = this.json.readValue(body, LoginRequest.class);
			return (login != null) ? login.username() : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	private static @Nullable String ofBasic(@Nullable String header) {
		int start = BASIC.length() + 1;
		if (header == null || header.length() <= start || !header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
			return null;
		}
		try {
			// Spring Security takes any character for the space.
			byte[] credentials = Base64.getDecoder().decode(header.substring(start).trim());
			return new String(credentials, StandardCharsets.UTF_8).split(":", 2)[0];
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
