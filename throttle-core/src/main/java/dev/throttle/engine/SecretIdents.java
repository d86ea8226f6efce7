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
 * Replaces secret idents by a keyed hash (HMAC with SHA-256).
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
	 * Create hashes with a given key. They are the same in every process that has the
	 * key.
	 * @param key the key, not empty
	 * @return the hashes
	 */
	public static SecretIdents withKey(String key) {
		return new SecretIdents(key.getBytes(StandardCharsets.UTF_8), false);
	}

	/**
	 * Create hashes with a random key, for histories that are not shared with other
	 * processes.
	 * @return the hashes
	 */
	public static SecretIdents withRandomKey() {
		byte[] key = new byte[32];
		new SecureRandom().nextBytes(key);
		return new SecretIdents(key, true);
	}

	/**
	 * Return whether the key is random, so that no other process has it.
	 * @return whether the key is random
	 */
	public boolean isRandom() {
		return this.random;
	}

	Client protect(Client client) {
		return new Client(client.kind(), "\\~" + hash(client.ident()), false);
	}

	/**
	 * Return a pseudonym of a client, for places where its ident must not appear, such as
	 * a log. With the same key, equal clients have the same pseudonym, and different
	 * clients have different ones.
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

	/** Not encoded, because an encoding would make all invalid characters equal. */
	private static byte[] bytes(String text) {
		ByteBuffer bytes = ByteBuffer.allocate(Character.BYTES * text.length());
		bytes.asCharBuffer().put(text);
		return bytes.array();
	}

}
