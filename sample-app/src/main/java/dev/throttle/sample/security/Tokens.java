package dev.throttle.sample.security;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import javax.crypto.SecretKey;

import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/**
 * Issues tokens, signed with HMAC-SHA256, and reads them. A token says what it is for, so
 * that neither kind passes for the other.
 */
public final class Tokens {

	private static final String USE = "token_use";

	private static final String ACCESS = "access";

	private static final String REFRESH = "refresh";

	private final JwtEncoder encoder;

	private final JwtDecoder accessDecoder;

	private final JwtDecoder refreshDecoder;

	private final Duration access;

	private final Duration refresh;

	Tokens(SecretKey key, TokenProperties properties) {
		this.encoder = NimbusJwtEncoder.withSecretKey(key).algorithm(MacAlgorithm.HS256).build();
		this.accessDecoder = decoder(key, ACCESS);
		this.refreshDecoder = decoder(key, REFRESH);
		this.access = properties.access();
		this.refresh = properties.refresh();
	}

	private static JwtDecoder decoder(SecretKey key, String use) {
		NimbusJwtDecoder decoder = NimbusJwtDecoder.withSecretKey(key).macAlgorithm(MacAlgorithm.HS256).build();
		decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(new JwtTimestampValidator(),
				new JwtClaimValidator<String>(USE, use::equals)));
		return decoder;
	}

	/**
	 * Issue tokens.
	 * @param username the name of the user they are for
	 * @return an access token and a refresh token
	 */
	public TokenPair issue(String username) {
		return new TokenPair(encode(username, ACCESS, this.access), encode(username, REFRESH, this.refresh), "Bearer",
				this.access.toSeconds());
	}

	private String encode(String username, String use, Duration validity) {
		Instant now = Instant.now();
		JwtClaimsSet claims = JwtClaimsSet.builder()
			.id(UUID.randomUUID().toString())
			.subject(username)
			.issuedAt(now)
			.expiresAt(now.plus(validity))
			.claim(USE, use)
			.build();
		JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
		return this.encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
	}

	/**
	 * Return whom a refresh token was issued for.
	 * @param token the token
	 * @return the name of the user
	 * @throws InvalidBearerTokenException if it is no valid refresh token
	 */
	public String usernameOfRefreshToken(String token) {
		String username;
		try {
			username = this.refreshDecoder.decode(token).getSubject();
		}
		catch (BadJwtException ex) {
			throw new InvalidBearerTokenException("The refresh token is not valid.", ex);
		}
		if (username == null) {
			throw new InvalidBearerTokenException("The refresh token names no user.");
		}
		return username;
	}

	JwtDecoder accessDecoder() {
		return this.accessDecoder;
	}

}
