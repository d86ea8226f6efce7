package dev.throttle.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.throttle.Client;

/**
 * Puts a keyed hash (HMAC with SHA-256) in the place of an ident that is a secret.
 *
 * @since 1.0.0
 */
public final class SecretIdents {

	private static final String ALGORITHM = "HmacSHA256";

	private final SecretKeySpec key;

	private final boolean random;

	private SecretIdents(byte[] key, boolean random) {
		this.key = new SecretKeySpec(key, ALGORITHM);
		this.random = random;
	}

	/**
	 * Return hashes under a given key, the same in every process that has it.
	 * @param key the key, not empty
	 * @return the hashes
	 */
	public static SecretIdents withKey(String key) {
		return new SecretIdents(key.getBytes(StandardCharsets.UTF_8), false);
	}

	/**
	 * Return hashes under a random key, for histories that no other process shares.
	 * @return the hashes
	 */
	public static SecretIdents withRandomKey() {
		byte[] key = new byte[32];
		new SecureRandom().nextBytes(key);
		return new SecretIdents(key, true);
	}

	/**
	 * Return whether the key is a random one, so that no other process has it.
	 * @return whether the hashes only serve histories that are not shared
	 */
	public boolean isRandom() {
		return this.random;
	}

	Client protect(Client client) {
		return new Client(client.kind(), "\\~" + hash(client.ident()), false);
	}

	/**
	 * Return what may stand for a client where its ident must not, such as in a log: the
	 * same for the same client under the same key, another for another.
	 * @param client the client
	 * @return a keyed hash of the kind and the ident, 22 characters long
	 */
	public String pseudonym(Client client) {
		return hash(client.kind().length() + ":" + client.kind() + client.ident()).substring(0, 22);
	}

	private String hash(String ident) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.key);
			return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(bytes(ident)));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
		}
	}

	/** As the characters are, as an encoding makes one of all that are no text. */
	private static byte[] bytes(String text) {
		ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
		bytes.asCharBuffer().put(text);
		return bytes.array();
	}

}
