package dev.throttle.redis;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.function.Function;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.throttle.Client;

/**
 * Gives a keyed hash (HMAC with SHA-256) of a client's ident and its kind, so that who
 * reads the keys in Redis does not learn who was there.
 *
 * @since 1.0.0
 */
public final class HashedIdents implements Function<Client, String> {

	private static final String ALGORITHM = "HmacSHA256";

	private final SecretKeySpec key;

	/**
	 * Create hashes, the same in every process that has the secret.
	 * @param secret the secret, not empty
	 */
	public HashedIdents(String secret) {
		this.key = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
	}

	@Override
	public String apply(Client client) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			mac.update(client.kind().getBytes(StandardCharsets.UTF_8));
			mac.update((byte) 0);
			byte[] hash = mac.doFinal(client.ident().getBytes(StandardCharsets.UTF_8));
			return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
		}
	}

}
