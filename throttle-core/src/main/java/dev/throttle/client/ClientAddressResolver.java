package dev.throttle.client;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Tells the address under which the sender of a request is counted. With nothing set, it
 * is the address from which the request came: what X-Forwarded-For says is believed only
 * as far as {@linkplain Builder#numProxies(Integer) a number of proxies} or
 * {@linkplain Builder#trustedProxies(List) their addresses} allow. Immutable and safe for
 * use by several threads.
 *
 * @since 1.0.0
 */
public final class ClientAddressResolver {

	/**
	 * The prefix to which IPv6 addresses are cut, where no other is given: that of a
	 * subnet, in which a host may change its address at will (RFC 8981).
	 */
	public static final int DEFAULT_IPV6_PREFIX = 64;

	private static final String UNKNOWN = "unknown";

	private static final int MAX_LENGTH = 128;

	private final int numProxies;

	private final List<Cidr> trustedProxies;

	private final int ipv6Prefix;

	private final boolean configured;

	private ClientAddressResolver(Builder builder) {
		this.configured = builder.numProxies != null || !builder.trustedProxies.isEmpty();
		this.numProxies = (builder.numProxies != null) ? builder.numProxies : 0;
		this.trustedProxies = builder.trustedProxies;
		this.ipv6Prefix = builder.ipv6Prefix;
	}

	/**
	 * Return a builder.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return whether X-Forwarded-For plays a part at all, so that it has to be read.
	 * @return whether it does
	 */
	public boolean readsForwardedFor() {
		return this.numProxies > 0 || !this.trustedProxies.isEmpty();
	}

	/**
	 * Return the address under which the sender of a request is counted.
	 * @param remoteAddress the address from which the request came, null or empty where
	 * there is none
	 * @param forwardedForLines the values of all X-Forwarded-For header lines in their
	 * order, empty where the header is absent
	 * @return an IPv4 address, also for what NAT64 made of one; an IPv6 network as in
	 * {@code 2001:db8::/64}, or an IPv6 address where the prefix is 128; where the
	 * address from which the request came is none, its text, of at most 128 characters
	 * and {@code unknown} for an empty one
	 */
	public String resolve(@Nullable String remoteAddress, List<String> forwardedForLines) {
		if (!readsForwardedFor() || forwardedForLines.isEmpty()) {
			return ident(remoteAddress);
		}
		IpAddress client = this.trustedProxies.isEmpty() ? countedFromTheRight(forwardedForLines)
				: firstNotTrusted(remoteAddress, forwardedForLines);
		return (client != null) ? client.ident(this.ipv6Prefix) : ident(remoteAddress);
	}

	/**
	 * Return whether it is said which proxies there are, or that there are none.
	 * @return whether a number of proxies or their networks are set
	 */
	public boolean isConfigured() {
		return this.configured;
	}

	/**
	 * Return the address under which the owner of an address is counted, as
	 * {@link #resolve} does.
	 * @param text an address, or what this method returned before
	 * @return an IPv4 address, an IPv6 network, or an IPv6 address where the prefix is
	 * 128; null where the text is no address
	 */
	public @Nullable String address(String text) {
		String suffix = "/" + this.ipv6Prefix;
		IpAddress address = parse(text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text);
		return (address != null) ? address.ident(this.ipv6Prefix) : null;
	}

	/**
	 * Return how the address of a client is told, for a reader.
	 * @return a noun phrase
	 */
	public String description() {
		if (!this.trustedProxies.isEmpty()) {
			return "X-Forwarded-For as far as the trusted proxies "
					+ this.trustedProxies.stream().map(Cidr::toString).collect(Collectors.joining(", ")) + " go";
		}
		return switch (this.numProxies) {
			case 0 -> "the address that the connection comes from";
			case 1 -> "the last entry of X-Forwarded-For, which 1 proxy adds";
			default -> "entry " + this.numProxies + " from the end of X-Forwarded-For, to which as many proxies add";
		};
	}

	private @Nullable IpAddress countedFromTheRight(List<String> forwardedForLines) {
		ForwardedFor entries = new ForwardedFor(forwardedForLines);
		for (int i = 0; i < this.numProxies; i++) {
			if (!entries.previous()) {
				return null;
			}
		}
		return entries.address();
	}

	private @Nullable IpAddress firstNotTrusted(@Nullable String remoteAddress, List<String> forwardedForLines) {
		IpAddress client = parse(remoteAddress);
		ForwardedFor entries = new ForwardedFor(forwardedForLines);
		while (client != null && isTrusted(client) && entries.previous()) {
			client = entries.address();
		}
		return client;
	}

	/**
	 * Return whether an address is that of a proxy. One that NAT64 wrote is trusted as
	 * the IPv4 address, but not as a private one: 64:ff9b::127.0.0.1 is not this host.
	 */
	private boolean isTrusted(IpAddress address) {
		IpAddress ipv4 = address.withoutNat64();
		IpAddress sender = (!address.isIpv4() && PrivateNetworks.isNotGlobal(ipv4)) ? address : ipv4;
		for (Cidr trusted : this.trustedProxies) {
			if (trusted.contains(sender)) {
				return true;
			}
		}
		return false;
	}

	private String ident(@Nullable String remoteAddress) {
		if (remoteAddress != null && AddressParser.isIpv4(remoteAddress)) {
			return remoteAddress;
		}
		IpAddress address = parse(remoteAddress);
		if (address != null) {
			return address.ident(this.ipv6Prefix);
		}
		String text = (remoteAddress != null) ? remoteAddress.trim() : "";
		return text.isEmpty() ? UNKNOWN : text.substring(0, Math.min(text.length(), MAX_LENGTH));
	}

	private static @Nullable IpAddress parse(@Nullable String remoteAddress) {
		return (remoteAddress != null) ? AddressParser.parseHost(remoteAddress, 0, remoteAddress.length()) : null;
	}

	/**
	 * Builds a resolver. By default nothing forwarded is believed.
	 */
	public static final class Builder {

		private @Nullable Integer numProxies;

		private List<Cidr> trustedProxies = List.of();

		private int ipv6Prefix = DEFAULT_IPV6_PREFIX;

		private Builder() {
		}

		/**
		 * Set how many proxies stand before the application, as {@code NUM_PROXIES} does
		 * in Django REST framework: the client is that entry of X-Forwarded-For, counted
		 * from the last. Where there are fewer entries, a proxy was passed by, and the
		 * client is the address from which the request came. The entry can be believed
		 * only where every request comes through all proxies.
		 * @param numProxies the number, at least 0, which believes nothing forwarded;
		 * null for not set
		 * @return this builder
		 * @throws IllegalArgumentException if the number is negative
		 */
		public Builder numProxies(@Nullable Integer numProxies) {
			if (numProxies != null && numProxies < 0) {
				throw new IllegalArgumentException("'numProxies' must be at least 0 but is " + numProxies
						+ "; write how many proxies stand before the application, or 0 to believe nothing forwarded");
			}
			this.numProxies = numProxies;
			return this;
		}

		/**
		 * Set the networks of the proxies. The address from which the request came and
		 * then the entries of X-Forwarded-For, from the last to the first, are passed
		 * over while they are in one of these networks: the client is the first that is
		 * not, or the first entry where all are. A network in which clients are, too,
		 * must not be given: they could write any address before their own. Hence one of
		 * IPv4 has at least 8 bits, one of IPv6 at least 7, which is the widest in which
		 * no client of the Internet is.
		 * @param trustedProxies the networks, such as {@code 10.0.0.0/8} and
		 * {@code 2001:db8::/32}, or single addresses; none for not set
		 * @return this builder
		 * @throws IllegalArgumentException if one is not a network, or is too wide
		 */
		public Builder trustedProxies(List<String> trustedProxies) {
			this.trustedProxies = trustedProxies.stream().map(Cidr::parseTrusted).toList();
			return this;
		}

		/**
		 * Set the prefix to which IPv6 addresses are cut, so that a client that has a
		 * whole network is counted as one.
		 * @param ipv6Prefix the length of the prefix, from 1 to 128, which tells every
		 * address apart
		 * @return this builder
		 * @throws IllegalArgumentException if the length is out of its range
		 */
		public Builder ipv6Prefix(int ipv6Prefix) {
			if (ipv6Prefix < 1 || ipv6Prefix > 128) {
				throw new IllegalArgumentException("'ipv6Prefix' must be from 1 to 128 but is " + ipv6Prefix
						+ "; write 64 to count each network as one client, or 128 to count each address");
			}
			this.ipv6Prefix = ipv6Prefix;
			return this;
		}

		/**
		 * Return the resolver.
		 * @return the resolver
		 * @throws IllegalArgumentException if both a number of proxies and their networks
		 * are set
		 */
		public ClientAddressResolver build() {
			if (this.numProxies != null && !this.trustedProxies.isEmpty()) {
				throw new IllegalArgumentException(
						"Both 'numProxies' and 'trustedProxies' are set; remove 'numProxies' "
								+ "where the addresses of the proxies are known, else remove 'trustedProxies'");
			}
			return new ClientAddressResolver(this);
		}

	}

}
