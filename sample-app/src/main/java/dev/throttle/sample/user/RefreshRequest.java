package dev.throttle.sample.user;

import jakarta.validation.constraints.NotNull;

/**
 * A request for new tokens.
 *
 * @param refreshToken the refresh token
 */
record RefreshRequest(@NotNull String refreshToken) {

	/**
	 * Return a text for logs, without the token.
	 */
	@Override
	public String toString() {
		return "RefreshRequest[]";
	}

}
