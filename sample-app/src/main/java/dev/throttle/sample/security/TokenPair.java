package dev.throttle.sample.security;

/**
 * What a developer gets on logging in.
 *
 * @param accessToken the token that is sent with requests
 * @param refreshToken the token for which there are new ones
 * @param tokenType how the access token is sent
 * @param expiresIn the seconds for which the access token is valid
 */
public record TokenPair(String accessToken, String refreshToken, String tokenType, long expiresIn) {

	/**
	 * Return this for a log, without the tokens.
	 */
	@Override
	public String toString() {
		return "TokenPair[expiresIn=" + this.expiresIn + "]";
	}

}
