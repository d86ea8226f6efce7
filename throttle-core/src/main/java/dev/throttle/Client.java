package dev.throttle;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Comparator;
import java.util.Objects;

/**
 * Who is counted: an ident and its kind. Idents of different kinds never meet, so a user
 * who is called {@code 192.0.2.1} and that address are two clients.
 *
 * @param kind the kind of the ident: {@value #USER}, {@value #ADDRESS} or one of your own
 * @param ident the ident: a user's name, an address, a tenant
 * @param secret whether the ident must not stand in a key, a log or a metric, as with an
 * API key; it is then counted under a keyed hash
 * @since 1.0.0
 */
public record Client(String kind, String ident, boolean secret) implements Comparable<Client> {

	private static final Comparator<Client> ORDER = Comparator.comparing(Client::ident)
		.thenComparing(Client::kind)
		.thenComparing(Client::secret);

	/**
	 * The kind of a user's name.
	 */
	public static final String USER = "user";

	/**
	 * The kind of an address.
	 */
	public static final String ADDRESS = "address";

	private static final int MAX_LENGTH = 256;

	/**
	 * Create a client.
	 * @param kind the kind of the ident, not empty
	 * @param ident the ident
	 * @param secret whether the ident is a secret
	 */
	public Client {
		Objects.requireNonNull(ident, "'ident' must not be null");
		if (kind.isEmpty()) {
			throw new IllegalArgumentException("'kind' must not be empty");
		}
	}

	/**
	 * Return the client that is a user.
	 * @param name the user's name
	 * @return the client
	 */
	public static Client user(String name) {
		return of(USER, name);
	}

	/**
	 * Return the client that is an address.
	 * @param address the address
	 * @return the client
	 */
	public static Client address(String address) {
		return of(ADDRESS, address);
	}

	/**
	 * Return the client of an own kind, its ident made of one part or several. Parts are
	 * kept apart: {@code ("a", "b|c")} and {@code ("a|b", "c")} are two clients. A part
	 * that is longer than 256 characters is replaced by its SHA-256 digest, so that long
	 * idents take no more room than short ones.
	 * @param kind the kind of the ident, not empty
	 * @param part the ident, or its first part
	 * @param more the other parts, such as a path and a method
	 * @return the client
	 */
	public static Client of(String kind, String part, String... more) {
		String ident = encode(part);
		if (more.length > 0) {
			StringBuilder joined = new StringBuilder(ident);
			for (String other : more) {
				joined.append('|').append(encode(other));
			}
			ident = joined.toString();
		}
		return new Client(kind, ident, false);
	}

	/**
	 * Return this client with its ident declared a secret.
	 * @return the client
	 */
	public Client asSecret() {
		return new Client(this.kind, this.ident, true);
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
	 * Compare by ident, kind and secrecy, so that clients whose hash codes somebody made
	 * equal are still found fast.
	 */
	@Override
	public int compareTo(Client other) {
		return ORDER.compare(this, other);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Client that && this.ident.equals(that.ident) && this.kind.equals(that.kind)
				&& this.secret == that.secret;
	}

	@Override
	public int hashCode() {
		return 31 * this.ident.hashCode() + this.kind.hashCode();
	}

	/**
	 * Return the client for a reader, a secret ident left out.
	 */
	@Override
	public String toString() {
		return this.kind + ":" + (this.secret ? "(secret)" : this.ident);
	}

}
