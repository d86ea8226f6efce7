package dev.throttle.sample.security;

/**
 * The tokens that a login returns.
 *
 * @param accessToken the token that is sent with requests
 * @param refreshToken the token to exchange for new ones
 * @param tokenType the type of the access token
 * @param expiresIn the seconds for which the access token is valid
 */
public record TokenPair(String accessToken, String refreshToken, String tokenType, long expiresIn) {

	/**
	 * Return a text for logs, without the tokens.
	 */
	@Override
	public String toString() {
		return "TokenPair[expiresIn=" + this.expiresIn + "]";
	}

}
