package dev.throttle;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Who is counted: a kind and an ident. The same ident under two kinds is two clients: the
 * user {@code 192.0.2.1} and the address {@code 192.0.2.1} are counted separately.
 *
 * @param kind the kind of the ident: {@value #USER}, {@value #ADDRESS}, {@value #KEY} or
 * one of your own
 * @param ident the ident: a user's name, an address, a tenant
 * @param isSecret whether the ident must not appear in a key, a log or a metric, such as
 * an API key; a keyed hash then takes its place
 * @since 1.0.0
 */
public record Client(String kind, String ident, boolean isSecret) implements Comparable<Client> {

	private static final Comparator<Client> ORDER = Comparator.comparing(Client::ident)
		.thenComparing(Client::kind)
		.thenComparing(Client::isSecret);

	/**
	 * The kind of a client that is a user.
	 */
	public static final String USER = "user";

	/**
	 * The kind of a client that is an address.
	 */
	public static final String ADDRESS = "address";

	/**
	 * The kind of a client that is known by a key in your own code, such as the number to
	 * which a message goes.
	 */
	public static final String KEY = "key";

	/**
	 * One client that stands for all.
	 */
	public static final Client ALL = new Client("all", "all", false);

	private static final int MAX_LENGTH = 256;

	private static final Pattern ESCAPED = Pattern.compile("\\\\(.)", Pattern.DOTALL);

	/**
	 * Create a client.
	 * @param kind the kind of the ident, not empty and without a colon
	 * @param ident the ident
	 * @param isSecret whether the ident is a secret
	 * @throws IllegalArgumentException if the kind is empty or contains a colon
	 */
	public Client {
		Objects.requireNonNull(ident, "'ident' must not be null");
		if (kind.isEmpty() || kind.indexOf(':') >= 0) {
			throw new IllegalArgumentException(
					"'kind' must neither be empty nor contain a colon but is '" + kind + "'");
		}
	}

	/**
	 * Return the client for a user.
	 * @param name the user's name
	 * @return the client
	 */
	public static Client user(String name) {
		return new Client(USER, encode(name), false);
	}

	/**
	 * Return the client for an address.
	 * @param address the address
	 * @return the client
	 */
	public static Client address(String address) {
		return new Client(ADDRESS, encode(address), false);
	}

	/**
	 * Return the client for a key.
	 * @param key the key
	 * @return the client
	 */
	public static Client key(String key) {
		return new Client(KEY, encode(key), false);
	}

	/**
	 * Return the client for a kind of your own. The ident has one or more parts, which
	 * are kept apart: {@code ("a", "b|c")} and {@code ("a|b", "c")} are two clients. A
	 * part that is longer than 256 characters is replaced by its SHA-256 digest, which
	 * limits the size of a client.
	 * @param kind the kind of the ident, not empty and without a colon
	 * @param part the ident, or its first part; null if there is no client, as in
	 * {@code Client.of("tenant", request.header("X-Tenant"))}
	 * @param more the other parts, such as a path and a method
	 * @return the client, null if the first part is null
	 * @throws IllegalArgumentException if the kind is empty or contains a colon
	 */
	@Contract("_, null, _ -> null; _, !null, _ -> !null")
	public static @Nullable Client of(String kind, @Nullable String part, String... more) {
		return (part != null) ? new Client(kind, join(part, more), false) : null;
	}

	/**
	 * Return the client for a secret, such as an API key. The client is counted under a
	 * keyed hash, and the secret appears in no key, log or metric.
	 * @param kind the kind of the ident, not empty and without a colon
	 * @param secret the secret; null if there is no client, as in
	 * {@code Client.secret("api-key", request.header("X-API-Key"))}
	 * @return the client, null if the secret is null
	 * @throws IllegalArgumentException if the kind is empty or contains a colon
	 */
	@Contract("_, null -> null; _, !null -> !null")
	public static @Nullable Client secret(String kind, @Nullable String secret) {
		return (secret != null) ? new Client(kind, encode(secret), true) : null;
	}

	private static String join(String part, String... more) {
		if (more.length == 0) {
			return encode(part);
		}
		StringBuilder joined = new StringBuilder(encode(part));
		for (String other : more) {
			joined.append('|').append(encode(other));
		}
		return joined.toString();
	}

	private static String encode(String part) {
		if (part.length() > MAX_LENGTH) {
			return "\\#" + digest(part);
		}
		if (part.indexOf('|') < 0 && part.indexOf('\\') < 0) {
			return part;
		}
		return part.replace("\\", "\\\\").replace("|", "\\|");
	}

	/**
	 * Return the ident as it was given, such as the name of a user.
	 * @return the ident without the escapes of backslash and {@code |}; several parts are
	 * not told apart, and one that is longer than 256 characters stays a digest
	 */
	public String plainIdent() {
		return (this.ident.indexOf('\\') < 0) ? this.ident : ESCAPED.matcher(this.ident).replaceAll("$1");
	}

	private static String digest(String part) {
		try {
			ByteBuffer characters = ByteBuffer.allocate(Character.BYTES * part.length());
			characters.asCharBuffer().put(part);
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(characters.array());
			return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * Compare by ident, kind and secrecy. Hash maps use this order when hash codes
	 * collide, so that forged idents with equal hash codes do not slow them down.
	 */
	@Override
	public int compareTo(Client other) {
		return ORDER.compare(this, other);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Client that && this.ident.equals(that.ident) && this.kind.equals(that.kind)
				&& this.isSecret == that.isSecret;
	}

	@Override
	public int hashCode() {
		return 31 * this.ident.hashCode() + this.kind.hashCode();
	}

	/**
	 * Return the client as text, without a secret ident.
	 */
	@Override
	public String toString() {
		return this.kind + ":" + (this.isSecret ? "(secret)" : this.ident);
	}

}
