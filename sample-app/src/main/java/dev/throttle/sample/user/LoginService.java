package dev.throttle.sample.user;

import dev.throttle.sample.security.TokenPair;
import dev.throttle.sample.security.Tokens;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/**
 * Gives tokens for a password, and new ones for a refresh token.
 */
@Service
class LoginService {

	private final AuthenticationManager passwords;

	private final UserRepository users;

	private final Tokens tokens;

	LoginService(UserDetailsService details, PasswordEncoder encoder, UserRepository users, Tokens tokens) {
		DaoAuthenticationProvider provider = new DaoAuthenticationProvider(details);
		provider.setPasswordEncoder(encoder);
		this.passwords = new ProviderManager(provider);
		this.users = users;
		this.tokens = tokens;
	}

	TokenPair login(LoginRequest request) {
		String username = Usernames.canonical(request.username());
		try {
			this.passwords
				.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(username, request.password()));
		}
		catch (AuthenticationServiceException ex) {
			throw ex;
		}
		catch (AuthenticationException ex) {
			throw new BadCredentialsException("The name or the password is wrong.", ex);
		}
		return this.tokens.issue(username);
	}

	TokenPair refresh(RefreshRequest request) {
		String username = this.tokens.usernameOfRefreshToken(request.refreshToken());
		if (this.users.findByUsername(username).isEmpty()) {
			throw new BadCredentialsException("The user of the token does not exist.");
		}
		return this.tokens.issue(username);
	}

}
