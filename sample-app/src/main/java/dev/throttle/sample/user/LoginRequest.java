package dev.throttle.sample.user;

import jakarta.validation.constraints.NotNull;

/**
 * The credentials of a login. A password that is too long is refused before it is
 * checked: bcrypt would compare its first 72 bytes and ignore the rest.
 *
 * @param username the name
 * @param password the password
 */
record LoginRequest(@NotNull String username, @NotNull @MaxBytes(LoginRequest.MAX_PASSWORD_BYTES) String password) {

	static final int MAX_PASSWORD_BYTES = 72;

	/**
	 * Return a text for logs, without the password.
	 */
	@Override
	public String toString() {
		return "LoginRequest[username=" + this.username + "]";
	}

}
