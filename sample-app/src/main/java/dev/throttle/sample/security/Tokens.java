package dev.throttle.sample.security;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import javax.crypto.SecretKey;

import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
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
 * Issues and reads tokens, signed with HMAC-SHA256. A token contains its purpose, so that
 * one kind is not accepted as the other.
 */
public final class Tokens {

	private static final String USE = "token_use";

	private static final String LOGIN = "sid";

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
	 * Issue an access token and a unique refresh token.
	 * @param refreshToken the claims of the refresh token
	 * @return the tokens
	 */
	public TokenPair issue(RefreshToken refreshToken) {
		Instant now = Instant.now();
		JwtClaimsSet.Builder access = claims(refreshToken.username(), ACCESS, now).id(UUID.randomUUID().toString())
			.expiresAt(now.plus(this.access));
		JwtClaimsSet.Builder refresh = claims(refreshToken.username(), REFRESH, now).id(refreshToken.id())
			.claim(LOGIN, refreshToken.login())
			.expiresAt(now.plus(this.refresh));
		return new TokenPair(encode(access.build()), encode(refresh.build()), "Bearer", this.access.toSeconds());
	}

	private static JwtClaimsSet.Builder claims(String username, String use, Instant now) {
		return JwtClaimsSet.builder().subject(username).issuedAt(now).claim(USE, use);
	}

	private String encode(JwtClaimsSet claims) {
		JwsHeader header = JwsHeader.with(MacAlgorithm.HS256).build();
		return this.encoder.encode(JwtEncoderParameters.from(header, claims)).getTokenValue();
	}

	/**
	 * Read a refresh token. This does not check whether it has been used.
	 * @param token the token
	 * @return its claims
	 * @throws InvalidBearerTokenException if it is not a valid refresh token
	 */
	public RefreshToken readRefreshToken(String token) {
		Jwt jwt;
		try {
			jwt = this.refreshDecoder.decode(token);
		}
		catch (BadJwtException ex) {
			throw new InvalidBearerTokenException("The refresh token is not valid.", ex);
		}
		String login = jwt.getClaimAsString(LOGIN);
		if (login == null || jwt.getId() == null || jwt.getSubject() == null) {
			throw new InvalidBearerTokenException("The refresh token is not valid.");
		}
		return new RefreshToken(login, jwt.getId(), jwt.getSubject());
	}

	/**
	 * Return how long refresh tokens are valid.
	 * @return the duration from issue to expiry
	 */
	public Duration refreshValidity() {
		return this.refresh;
	}

	JwtDecoder accessDecoder() {
		return this.accessDecoder;
	}

}
