package dev.throttle.sample.apikey;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * A developer who came with his API key.
 */
class ApiKeyAuthentication extends AbstractAuthenticationToken {

	private final String username;

	ApiKeyAuthentication(String username) {
		super(AuthorityUtils.NO_AUTHORITIES);
		this.username = username;
		setAuthenticated(true);
	}

	@Override
	public String getPrincipal() {
		return this.username;
	}

	/**
	 * Return nothing: the key has been looked up, and is not needed any more.
	 */
	@Override
	public String getCredentials() {
		return "";
	}

}
