package dev.throttle.sample.user;

import java.util.Locale;

/**
 * Canonical user names: Ada and ada are one user.
 */
final class Usernames {

	private Usernames() {
	}

	static String canonical(String username) {
		return username.toLowerCase(Locale.ROOT);
	}

}
