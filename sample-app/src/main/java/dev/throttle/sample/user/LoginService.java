package dev.throttle.sample.user;

import java.time.Instant;
import java.util.UUID;

import dev.throttle.sample.security.RefreshToken;
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
 * Issues tokens for a password, and new ones, once, for a refresh token. A refresh token
 * that is used again may have been stolen: its login ends, so the newer token is invalid
 * too.
 */
@Service
class LoginService {

	private final AuthenticationManager passwords;

	private final LoginRepository logins;

	private final Tokens tokens;

	LoginService(UserDetailsService details, PasswordEncoder encoder, LoginRepository logins, Tokens tokens) {
		DaoAuthenticationProvider provider = new DaoAuthenticationProvider(details);
		provider.setPasswordEncoder(encoder);
		this.passwords = new ProviderManager(provider);
		this.logins = logins;
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
		this.logins.deleteExpired(username, Instant.now());
		Login login = this.logins.save(new Login(username, nextExpiry()));
		return this.tokens.issue(new RefreshToken(login.id(), login.tokenId(), username));
	}

	TokenPair refresh(RefreshRequest request) {
		RefreshToken used = this.tokens.readRefreshToken(request.refreshToken());
		RefreshToken next = new RefreshToken(used.login(), UUID.randomUUID().toString(), used.username());
		if (this.logins.replaceToken(used.login(), used.id(), next.id(), nextExpiry()) == 0) {
			this.logins.end(used.login());
			throw new BadCredentialsException("The refresh token has been used, or its login has ended. Log in again.");
		}
		return this.tokens.issue(next);
	}

	private Instant nextExpiry() {
		return Instant.now().plus(this.tokens.refreshValidity());
	}

}
