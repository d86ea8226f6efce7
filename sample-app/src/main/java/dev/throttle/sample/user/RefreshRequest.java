package dev.throttle.sample.user;

import jakarta.validation.constraints.NotNull;

/**
 * What new tokens are asked for with.
 *
 * @param refreshToken the refresh token
 */
record RefreshRequest(@NotNull String refreshToken) {

	/**
	 * Return this request for a log, without the token.
	 */
	@Override
	public String toString() {
		return "RefreshRequest[]";
	}

}
