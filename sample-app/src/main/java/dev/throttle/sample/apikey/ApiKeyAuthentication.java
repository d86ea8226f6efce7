package dev.throttle.sample.apikey;

import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * A developer who came with his API key.
 */
class ApiKeyAuthentication extends AbstractAuthenticationToken {

	private final String username;

	private final transient String key;

	ApiKeyAuthentication(String username, String key) {
		super(AuthorityUtils.NO_AUTHORITIES);
		this.username = username;
		this.key = key;
		setAuthenticated(true);
	}

	@Override
	public String getPrincipal() {
		return this.username;
	}

	@Override
	public String getCredentials() {
		return this.key;
	}

}
