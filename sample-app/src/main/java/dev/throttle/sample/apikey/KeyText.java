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
 * An API key in full: 32 random bytes behind a prefix by which it is known where it turns
 * up. It is so random that a plain digest hides it.
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
	 * Return the key that a text is.
	 * @param text the text
	 * @return the key, empty where the text has not the form of one
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
	 * Return the key as it may be shown.
	 */
	@Override
	public String toString() {
		return PREFIX + "…" + lastFour();
	}

}
