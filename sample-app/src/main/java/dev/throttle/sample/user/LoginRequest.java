package dev.throttle.sample.user;

import jakarta.validation.constraints.NotNull;

/**
 * What a developer logs in with.
 *
 * @param username the name
 * @param password the password
 */
record LoginRequest(@NotNull String username, @NotNull String password) {

	/**
	 * Return this request for a log, without the password.
	 */
	@Override
	public String toString() {
		return "LoginRequest[username=" + this.username + "]";
	}

}
