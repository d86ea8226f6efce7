package dev.throttle.sample.apikey;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * The authentication of a developer by API key.
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
	 * Return no credentials: the key has been checked and is no longer needed.
	 */
	@Override
	public String getCredentials() {
		return "";
	}

}
