package dev.throttle.sample.user;

import jakarta.validation.constraints.NotNull;

/**
 * What a developer logs in with. A password that is too long is refused before it is
 * looked at: bcrypt would compare its first 72 bytes and ignore the rest.
 *
 * @param username the name
 * @param password the password
 */
record LoginRequest(@NotNull String username, @NotNull @MaxBytes(LoginRequest.MAX_PASSWORD_BYTES) String password) {

	static final int MAX_PASSWORD_BYTES = 72;

	/**
	 * Return this request for a log, without the password.
	 */
	@Override
	public String toString() {
		return "LoginRequest[username=" + this.username + "]";
	}

}
