package dev.throttle.backend.remote;

import java.util.function.Function;

import dev.throttle.Client;
import org.jspecify.annotations.Nullable;

/**
 * Builds the part of a key that tells clients apart: {@code kind:ident} in ASCII. Special
 * characters are percent-encoded (as {@code %xx} or {@code %uxxxx}), so that different
 * clients never share a key. A replaced ident begins with {@code #}.
 *
 * @since 1.0.0
 */
public final class ClientKeys {

	private static final String PLAIN = "-._~@/+=,;!*";

	/** Marks the kind of a secret; no encoded kind begins like this. */
	private static final String SECRET = "%secret:";

	/** Marks a replaced ident; no encoded ident begins like this. */
	private static final char REPLACED = '#';

	private final @Nullable Function<Client, String> idents;

	/**
	 * Create a builder of keys.
	 * @param idents returns what replaces a client's ident, null to use the ident itself
	 */
	public ClientKeys(@Nullable Function<Client, String> idents) {
		this.idents = idents;
	}

	/**
	 * Return the key of a client.
	 * @param client the client, with the hash of a secret ident
	 * @return the key
	 */
	public String key(Client client) {
		StringBuilder key = new StringBuilder(client.isSecret() ? SECRET : "");
		encode(client.kind(), key);
		key.append(':');
		if (this.idents != null) {
			encode(this.idents.apply(client), key.append(REPLACED));
		}
		else {
			encode(client.ident(), key);
		}
		return key.toString();
	}

	private static void encode(String text, StringBuilder key) {
		for (int i = 0; i < text.length(); i++) {
			char character = text.charAt(i);
			if (isPlain(character)) {
				key.append(character);
			}
			else {
				key.append(String.format((character < 0x100) ? "%%%02x" : "%%u%04x", (int) character));
			}
		}
	}

	private static boolean isPlain(char character) {
		return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z'
				|| character >= '0' && character <= '9' || PLAIN.indexOf(character) >= 0;
	}

}
