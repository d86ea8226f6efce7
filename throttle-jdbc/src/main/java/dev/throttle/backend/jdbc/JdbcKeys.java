package dev.throttle.backend.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;

import dev.throttle.Client;
import dev.throttle.backend.Quota;
import dev.throttle.backend.remote.ClientKeys;
import org.jspecify.annotations.Nullable;

/**
 * Builds keys of the form {@code prefix:kind:ident:policy}. Of a long one, the end is
 * replaced by its hash, as an index takes no more.
 */
final class JdbcKeys {

	private static final int MAX_LENGTH = 500;

	private static final long HASH_START = 0xcbf29ce484222325L;

	private static final long HASH_FACTOR = 0x100000001b3L;

	private final String tablePrefix;

	private final String prefix;

	private final ClientKeys clients;

	JdbcKeys(String tablePrefix, String prefix, @Nullable Function<Client, String> idents) {
		this.tablePrefix = tablePrefix;
		this.prefix = prefix;
		this.clients = new ClientKeys(idents);
	}

	/**
	 * Return the key of the history in which a quota is counted.
	 */
	String key(Quota quota) {
		return key(quota.client(), quota.historyKey());
	}

	String key(Client client, String historyKey) {
		String key = this.prefix + ":" + this.clients.key(client) + ":" + historyKey;
		return (key.length() > MAX_LENGTH) ? key.substring(0, MAX_LENGTH / 2) + "#" + digest(key) : key;
	}

	/**
	 * Return the key of a history that nobody uses.
	 */
	String probe() {
		return this.prefix + ":%probe";
	}

	/**
	 * Return the lock of the one who deletes void histories.
	 */
	long sweepLock() {
		return lock("%sweep");
	}

	private static String digest(String text) {
		try {
			return HexFormat.of()
				.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the locks of keys in the order in which they are taken.
	 */
	List<Long> locks(Collection<String> keys) {
		return keys.stream().map(this::lock).distinct().sorted().toList();
	}

	/**
	 * Return the lock of a key. Two keys with the same one only wait for each other.
	 */
	long lock(String key) {
		return hash(key, hash(this.tablePrefix, HASH_START));
	}

	private static long hash(String text, long start) {
		long hash = start;
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * HASH_FACTOR;
		}
		return hash;
	}

}
