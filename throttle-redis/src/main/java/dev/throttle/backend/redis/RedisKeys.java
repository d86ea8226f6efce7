package dev.throttle.backend.redis;

import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.backend.Policy;
import org.jspecify.annotations.Nullable;

/**
 * Writes keys as {@code prefix:{kind:ident}:policy}. The braces make all histories of a
 * client live in one slot. Whatever could be mistaken for a part of the key is
 * percent-encoded (a character as {@code %xx} or {@code %uxxxx}), so that no ident makes
 * the key of another. Where something else stands for an ident, a {@code #} is before it.
 */
final class RedisKeys {

	private static final String PLAIN = "-._~@/+=,;!*";

	/** No encoded kind begins like this. */
	private static final String SECRET = "%secret:";

	/** No encoded ident begins like this. */
	private static final char REPLACED = '#';

	private final String prefix;

	private final @Nullable Function<Client, String> idents;

	RedisKeys(String prefix, @Nullable Function<Client, String> idents) {
		this.prefix = prefix;
		this.idents = idents;
	}

	String key(Client client, Policy policy) {
		StringBuilder key = new StringBuilder(this.prefix).append(":{").append(client.isSecret() ? SECRET : "");
		encode(client.kind(), key);
		key.append(':');
		if (this.idents != null) {
			encode(this.idents.apply(client), key.append(REPLACED));
		}
		else {
			encode(client.ident(), key);
		}
		return key.append("}:").append(policy.key()).toString();
	}

	/**
	 * Return a key under which nothing is kept, one of many in different slots.
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
