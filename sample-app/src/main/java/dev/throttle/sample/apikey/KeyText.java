package dev.throttle.sample.apikey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A full API key: a prefix that identifies leaked keys, and 32 random bytes. It is random
 * enough that a plain digest protects it.
 */
final class KeyText {

	static final String PREFIX = "tsk_";

	private static final Pattern FORM = Pattern.compile(PREFIX + "[A-Za-z0-9_-]{43}");

	private static final SecureRandom RANDOM = new SecureRandom();

	private final String text;

	private KeyText(String text) {
		this.text = text;
	}

	static KeyText random() {
		byte[] bytes = new byte[32];
		RANDOM.nextBytes(bytes);
		return new KeyText(PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
	}

	/**
	 * Parse a key.
	 * @param text the text
	 * @return the key; empty if the text is not a key
	 */
	static Optional<KeyText> of(String text) {
		return FORM.matcher(text).matches() ? Optional.of(new KeyText(text)) : Optional.empty();
	}

	String text() {
		return this.text;
	}

	String lastFour() {
		return this.text.substring(this.text.length() - 4);
	}

	String hash() {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			return HexFormat.of().formatHex(digest.digest(this.text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * Return the full key.
	 */
	@Override
	public String toString() {
		return PREFIX + "…" + lastFour();
	}

}
