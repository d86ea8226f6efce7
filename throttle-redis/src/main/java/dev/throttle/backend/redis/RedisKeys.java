package dev.throttle.backend.redis;

import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.backend.Quota;
import org.jspecify.annotations.Nullable;

/**
 * Builds keys of the form {@code prefix:{kind:ident}:policy}. The braces keep all
 * histories of a client in one slot. Special characters are percent-encoded (as
 * {@code %xx} or {@code %uxxxx}), so that different clients never share a key. A replaced
 * ident begins with {@code #}.
 */
final class RedisKeys {

	private static final String PLAIN = "-._~@/+=,;!*";

	/** Marks the kind of a secret; no encoded kind begins like this. */
	private static final String SECRET = "%secret:";

	/** Marks a replaced ident; no encoded ident begins like this. */
	private static final char REPLACED = '#';

	private final String prefix;

	private final @Nullable Function<Client, String> idents;

	RedisKeys(String prefix, @Nullable Function<Client, String> idents) {
		this.prefix = prefix;
		this.idents = idents;
	}

	/**
	 * Return the key of the history in which a quota is counted.
	 */
	String key(Quota quota) {
		return key(quota.client(), quota.historyKey());
	}

	String key(Client client, String historyKey) {
		StringBuilder key = new StringBuilder(this.prefix).append(":{").append(client.isSecret() ? SECRET : "");
		encode(client.kind(), key);
		key.append(':');
		if (this.idents != null) {
			encode(this.idents.apply(client), key.append(REPLACED));
		}
		else {
			encode(client.ident(), key);
		}
		return key.append("}:").append(historyKey).toString();
	}

	/**
	 * Return a key that holds no data. The keys of different numbers are in different
	 * slots.
	 */
	String probe(int number) {
		return this.prefix + ":{%probe:" + number + "}";
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
